/** One run: a trace through a chooser over true backends, counted. */
import type { FailureClass } from '../../src/core/error-codes.ts';
import { seededRandom } from '../../src/core/clock.ts';
import type { Arrival, Scenario, Truth } from './scenario.ts';
import { Timeline } from './timeline.ts';
import { TrueBackend } from './world.ts';

/** One try of a request, as its chooser sees it. */
export interface TryReport {
  /** Ms since the try began. */
  readonly ms: number;
  readonly backend: number;
}

/** One request on its way, from the chooser's side; it calls `next` of its driver through `Choice`. */
export interface Choice {
  /** The backend to try now; null = give up. A promise-free wait: `later` is called instead when a slot must be waited for. */
  next(failure: FailureClass | null, later: (backend: number | null) => void): number | null | 'waiting';
  began(report: TryReport): void;
  ended(report: TryReport): void;
  failed(report: TryReport, failure: FailureClass): void;
  /** The first token is there, ms after the request came, whatever was tried before. */
  started(ms: number): void;
}

/** A routing policy. */
export interface Chooser {
  choose(request: Arrival, isProtected: boolean): Choice;
}

/** Makes a chooser over the backends; it hears the time and has dice of its own, and never sees the truth about speed. */
export type ChooserMaker = (scenario: Scenario, time: Timeline, random: () => number) => Chooser;

/** What a run came to. */
export interface RunReport {
  readonly usd: number;
  /** Share of requests whose first token came in time. */
  readonly attainment: number;
  readonly p95Ms: number;
  readonly retries: number;
  /** Protected requests that reached a backend outside of the EU. */
  readonly violations: number;
  readonly failed: number;
}

const MAX_TRIES = 4;

/** Runs a trace. The world's dice depend on the seed alone, so that choosers meet the same world. */
export function run(scenario: Scenario, trace: readonly Arrival[], make: ChooserMaker, seed: number): RunReport {
  const time = new Timeline();
  const worldDice = seededRandom(seed * 7919 + 1);
  const ownDice = seededRandom(seed * 104_729 + 2);
  const backends = scenario.backends.map((truth) => new TrueBackend(truth, time, () => worldDice.next()));
  const chooser = make(scenario, time, () => ownDice.next());
  const tally = new Tally(scenario);
  for (const request of trace) {
    time.after(request.atMs, () => new Journey(request, backends, chooser, time, tally).begin());
  }
  time.run();
  return tally.report();
}

/** True where a backend may see a request. */
export function mayServe(truth: Truth, request: Arrival, isProtected: boolean): boolean {
  return request.inputTokens + 512 <= truth.ctx && (truth.eu || !isProtected);
}

class Journey {
  readonly #request: Arrival;
  readonly #backends: readonly TrueBackend[];
  readonly #time: Timeline;
  readonly #tally: Tally;
  readonly #choice: Choice;
  readonly #isProtected: boolean;
  readonly #came: number;
  #tries = 0;

  constructor(request: Arrival, backends: readonly TrueBackend[], chooser: Chooser, time: Timeline, tally: Tally) {
    this.#request = request;
    this.#backends = backends;
    this.#time = time;
    this.#tally = tally;
    this.#came = time.tick();
    this.#isProtected = request.dice < tally.scenario.piiShare;
    this.#choice = chooser.choose(request, this.#isProtected);
  }

  begin(): void {
    this.#next(null);
  }

  #next(failure: FailureClass | null): void {
    if (this.#tries === MAX_TRIES) return this.#tally.gaveUp();
    const chosen = this.#choice.next(failure, (backend) => this.#try(backend));
    if (chosen !== 'waiting') this.#try(chosen);
  }

  #try(index: number | null): void {
    if (index === null) return this.#tally.gaveUp();
    const backend = this.#backends[index]!;
    const from = this.#time.tick();
    const report = (): TryReport => ({ ms: this.#time.tick() - from, backend: index });
    this.#tries++;
    this.#tally.tried(backend.truth, this.#isProtected, this.#tries);
    backend.take(this.#request, {
      began: () => {
        this.#choice.began(report());
        const ms = this.#time.tick() - this.#came;
        this.#choice.started(ms);
        this.#tally.started(ms);
      },
      ended: () => {
        this.#choice.ended(report());
        this.#tally.ended(backend.truth, this.#request);
      },
      failed: (failure) => {
        this.#choice.failed(report(), failure);
        this.#next(failure);
      },
    });
  }
}

class Tally {
  readonly scenario: Scenario;
  readonly #starts: number[] = [];
  #usd = 0;
  #retries = 0;
  #violations = 0;
  #failed = 0;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  tried(truth: Truth, isProtected: boolean, tries: number): void {
    if (tries > 1) this.#retries++;
    if (isProtected && !truth.eu) this.#violations++;
  }

  started(ms: number): void {
    this.#starts.push(ms);
  }

  ended(truth: Truth, { inputTokens, outputTokens }: Arrival): void {
    this.#usd += (inputTokens * truth.in + outputTokens * truth.out) / 1_000_000;
  }

  gaveUp(): void {
    this.#failed++;
  }

  report(): RunReport {
    const sorted = this.#starts.toSorted((a, b) => a - b);
    const all = sorted.length + this.#failed;
    return {
      usd: this.#usd,
      attainment: sorted.filter((ms) => ms <= this.scenario.slo.ttft * 1000).length / all,
      p95Ms: sorted[Math.floor(all * 0.95)] ?? Infinity,
      retries: this.#retries,
      violations: this.#violations,
      failed: this.#failed,
    };
  }
}
