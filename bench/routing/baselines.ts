/** Named rules to compare with, as their makers describe them, seeing no more than a gateway sees; tuned no further. */
import type { FailureClass } from '../../src/core/error-codes.ts';
import { mayServe, type Choice, type Chooser, type ChooserMaker, type TryReport } from './run.ts';
import type { Arrival, Scenario, Truth } from './scenario.ts';
import type { Timeline } from './timeline.ts';

/** What a rule has seen of one backend. */
interface Seen {
  readonly truth: Pick<Truth, 'id' | 'in' | 'out' | 'slots'>;
  readonly index: number;
  inFlight: number;
  /** Time to first token of the last ten answers, ms. */
  readonly recent: number[];
  /** Peak EWMA of it, ms, and when it was last changed. */
  ewmaMs: number;
  ewmaAt: number;
  ratio: number;
  /** Resting until then, ms. */
  until: number;
}

/** Orders the backends that may serve a request, best first. */
type Rule = (scene: Scene) => readonly Seen[];

interface Scene {
  readonly allowed: readonly Seen[];
  readonly request: Arrival;
  readonly now: number;
  readonly random: () => number;
  readonly sloMs: number;
  /** Counts requests, for rules that take turns. */
  readonly turn: number;
}

const COOLDOWN_MS = 5_000;
const RATE_COOLDOWN_MS = 1_000;
/** Output tokens that a rule expects. */
const OUTPUT = 211;
const EWMA_MS = 10_000;

/** Every rule by its name in the table. */
export const BASELINES: Readonly<Record<string, ChooserMaker>> = {
  'round robin': chooserOf(({ allowed, turn }) => rotate(allowed, turn % allowed.length)),
  'weighted random': chooserOf(({ allowed, random }) => shuffle(allowed, () => 1, random)),
  'least busy': chooserOf(({ allowed }) => sortBy(allowed, ({ inFlight }) => inFlight)),
  'lowest latency': chooserOf(({ allowed }) => sortBy(allowed, ({ recent }) => mean(recent))),
  'peak-EWMA of two': chooserOf(peakEwma),
  'min-max factors': chooserOf(minMax),
  'price share': chooserOf(({ allowed, request, random }) =>
    shuffle(allowed, (one) => 1 / costOf(one, request) ** 2, random),
  ),
  cheapest: chooserOf(({ allowed, request }) => sortBy(allowed, (one) => costOf(one, request))),
  'ordered burst': chooserOf(({ allowed, request }) =>
    sortBy(allowed, (one) => costOf(one, request) + (one.inFlight >= (one.truth.slots ?? Infinity) ? 1 : 0)),
  ),
};

/** Two drawn, the one with less expected waiting first; after Finagle's PeakEwma. */
function peakEwma({ allowed, now, random }: Scene): readonly Seen[] {
  const load = (one: Seen): number => one.ewmaMs * Math.exp((one.ewmaAt - now) / EWMA_MS) * (one.inFlight + 1);
  const drawn = shuffle(allowed, () => 1, random);
  const two = sortBy(drawn.slice(0, 2), load);
  return [...two, ...drawn.slice(2)];
}

/** Price, latency and load, each scaled to 0..1 among the candidates and added up; beyond the ceiling only when all are. */
function minMax({ allowed, request, sloMs }: Scene): readonly Seen[] {
  const within = allowed.filter(({ recent }) => recent.length === 0 || mean(recent) <= sloMs);
  const some = within.length > 0 ? within : allowed;
  const factors = [(one: Seen) => costOf(one, request), ({ recent }: Seen) => mean(recent), busy];
  const scales = factors.map((factor) => scale(some.map(factor)));
  const best = sortBy(some, (one) => factors.reduce((sum, factor, i) => sum + scales[i]!(factor(one)), 0));
  return [...best, ...allowed.filter((one) => !some.includes(one))];
}

function busy({ inFlight, truth }: Seen): number {
  return inFlight / (truth.slots ?? 100);
}

function scale(values: readonly number[]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => (high === low ? 0 : (value - low) / (high - low));
}

function costOf({ truth }: Seen, { inputTokens }: Arrival): number {
  return (inputTokens * truth.in + OUTPUT * truth.out) / 1_000_000;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rotate<T>(list: readonly T[], by: number): readonly T[] {
  return [...list.slice(by), ...list.slice(0, by)];
}

function sortBy<T>(list: readonly T[], key: (one: T) => number): T[] {
  return list.toSorted((a, b) => key(a) - key(b));
}

function shuffle<T>(list: readonly T[], weight: (one: T) => number, random: () => number): T[] {
  return list
    .map((one) => ({ one, at: -Math.log(1 - random()) / weight(one) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

function chooserOf(rule: Rule): ChooserMaker {
  return (scenario, time, random) => new RuleChooser(scenario, time, random, rule);
}

class RuleChooser implements Chooser {
  readonly #scenario: Scenario;
  readonly #time: Timeline;
  readonly #random: () => number;
  readonly #rule: Rule;
  readonly #seen: readonly Seen[];
  #turn = 0;

  constructor(scenario: Scenario, time: Timeline, random: () => number, rule: Rule) {
    this.#scenario = scenario;
    this.#time = time;
    this.#random = random;
    this.#rule = rule;
    this.#seen = scenario.backends.map((truth, index) => ({
      truth,
      index,
      inFlight: 0,
      recent: [],
      ewmaMs: 0,
      ewmaAt: 0,
      ratio: 1,
      until: 0,
    }));
  }

  choose(request: Arrival, isProtected: boolean): Choice {
    const now = this.#time.tick();
    const allowed = this.#seen.filter(({ index }) => mayServe(this.#scenario.backends[index]!, request, isProtected));
    const awake = allowed.filter(({ until }) => until <= now);
    const sloMs = this.#scenario.slo.ttft * 1000;
    const scene = { allowed: awake, request, now, random: this.#random, sloMs, turn: this.#turn++ };
    const order = awake.length === 0 ? [] : this.#rule(scene);
    return new RuleChoice([...order, ...allowed.filter((one) => !awake.includes(one))], this.#time);
  }
}

class RuleChoice implements Choice {
  readonly #order: readonly Seen[];
  readonly #time: Timeline;
  #next = 0;
  #current: Seen | null = null;

  constructor(order: readonly Seen[], time: Timeline) {
    this.#order = order;
    this.#time = time;
  }

  next(): number | null {
    this.#current = this.#order[this.#next++] ?? null;
    if (this.#current === null) return null;
    this.#current.inFlight++;
    return this.#current.index;
  }

  began({ ms }: TryReport): void {
    const one = this.#current!;
    const now = this.#time.tick();
    one.recent.push(ms);
    if (one.recent.length > 10) one.recent.shift();
    const keep = Math.exp((one.ewmaAt - now) / EWMA_MS);
    one.ewmaMs = ms > one.ewmaMs ? ms : one.ewmaMs * keep + ms * (1 - keep);
    one.ewmaAt = now;
  }

  started(): void {}

  ended(): void {
    this.#current!.inFlight--;
  }

  failed(_report: TryReport, failure: FailureClass): void {
    const one = this.#current!;
    one.inFlight--;
    one.until = this.#time.tick() + (failure === 'rate-limit' ? RATE_COOLDOWN_MS : COOLDOWN_MS);
  }
}
