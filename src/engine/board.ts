/** Live figures per backend: circuit breaker, parking after rate limits and refused credentials, load, time to first content. */
import type { ArtifactLeases } from '../core/artifact.ts';
import type { Backend } from '../core/backend.ts';
import type { FailureClass } from '../core/error-codes.ts';
import { LatencyModel, type LatencyObservation } from '../core/latency-model.ts';
import type { BackendState, BreakerState, Objective, StateView } from '../core/policy.ts';
import type { Clock } from '../core/clock.ts';
import type { NoticeRecord, Recorder } from '../core/recorder.ts';
import { MissPrice } from '../core/shadow-price.ts';
import { SlotPool, type PoolLimits } from './slot-pool.ts';
import type { Snapshot } from './snapshot.ts';

/** Consecutive failures that open a breaker. */
const OPEN_AFTER = 5;
/** Share of failures within a window that opens a breaker, once enough requests were seen. */
const OPEN_SHARE = 0.5;
const WINDOW_MS = 10_000;
const WINDOW_MIN_REQUESTS = 20;
/** How long a breaker stays open: doubling from the first to the last. */
const OPEN_FIRST_MS = 5_000;
const OPEN_LAST_MS = 60_000;
/** Parking where the upstream named no time, and the longest that is believed. */
const PARK_RATE_MS = 1_000;
const PARK_AUTH_MS = 60_000;
const PARK_LONGEST_MS = 600_000;
/** Retries at the same backend: a tenth of its requests, and three per second (after Finagle's retry budget). */
const RETRY_SHARE = 0.1;
const RETRY_PER_SECOND = 3;
const RETRY_BURST = 10;

interface Figures extends BackendState {
  breaker: BreakerState;
  probeAtTick: number;
  probing: boolean;
  parkedUntilTick: number;
  parkedBecause: 'rate-limit' | 'auth' | null;
  inFlight: number;
  readonly latency: LatencyModel;
  consecutive: number;
  windowStart: number;
  windowTotal: number;
  windowFailed: number;
  openMs: number;
  retryTokens: number;
  retryTick: number;
}

/** The board of one snapshot. Its `view` is live: a decision reads it within one turn of the event loop. */
export interface Board {
  /** The figures as they are now, under a moment that the caller has read already: monotonic and wall clock, ms. */
  view(tick: number, at: number): StateView;
  /** An attempt begins; a half-open breaker gives it the one probe. */
  begin(backend: Backend): void;
  /** It succeeded at `seen.tick`. */
  succeeded(backend: Backend, seen: LatencyObservation): void;
  /** It failed at `tick` by the backend's fault. `retryAfterMs` as the upstream said. */
  failed(backend: Backend, failure: FailureClass, retryAfterMs: number | null, tick: number): void;
  /** Its answer says that it ran at another place than asked for: recorded, and no more requests for a while. */
  strayed(backend: Backend, place: string, tick: number): void;
  /** It ended without saying anything about the backend: the client left, or the request was wrong. */
  released(backend: Backend): void;
  /** True when the retry budget of the backend allows one more, which is then taken. */
  takeRetry(backend: Backend): boolean;
  /** An answer under an objective began in time, or not. */
  judged(objective: Objective, missed: boolean): void;
  /** True when every backend waits for its files to be verified. */
  isShut(tick: number): boolean;
  readonly pools: readonly SlotPool[];
  readonly figures: readonly Figures[];
}

/** A board for `backends`; figures of backends that `previous` knew under the same id and address go on. */
export function createBoard(
  { backends, pools: limits }: Pick<Snapshot, 'backends' | 'pools'>,
  ports: { readonly clock: Clock; readonly recorder: Recorder; readonly artifacts?: ArtifactLeases | null },
  previous: { readonly backends: readonly Backend[]; readonly board: Board } | null,
): Board {
  const { clock, recorder } = ports;
  const figures = backends.map((backend) => inherited(backend, previous) ?? fresh());
  const pools = limits.map((limit) => keptPool(limit, previous) ?? new SlotPool(limit, clock));
  const artifacts = backends.map((one) => (one.artifact == null ? null : (ports.artifacts?.stateOf(one) ?? null)));
  const prices: MissPrice[] = [];
  const missUsd: number[] = [];
  const of = (backend: Backend): Figures => figures[backend.index]!;

  function turn(backend: Backend, state: Figures, to: BreakerState): void {
    if (state.breaker === to) return;
    recorder.record({ type: 'breaker', at: clock.now(), backend: backend.id, from: state.breaker, to });
    state.breaker = to;
  }

  function open(backend: Backend, state: Figures, tick: number): void {
    state.openMs = state.openMs === 0 ? OPEN_FIRST_MS : Math.min(state.openMs * 2, OPEN_LAST_MS);
    state.probeAtTick = tick + state.openMs;
    turn(backend, state, 'open');
  }

  function close(state: Figures): void {
    state.inFlight = Math.max(0, state.inFlight - 1);
    state.probing = false;
  }

  return {
    figures,
    pools,
    view: (tick, at) => ({ tick, at, backends: figures, pools, missUsd, artifacts }),
    isShut: (tick) => backends.every((one, i) => one.artifact != null && !((artifacts[i]?.untilTick ?? 0) > tick)),
    begin(backend) {
      const state = of(backend);
      state.inFlight++;
      state.retryTokens = Math.min(RETRY_BURST, state.retryTokens + RETRY_SHARE);
      if (state.breaker === 'closed') return;
      state.probing = true;
      turn(backend, state, 'half-open');
    },
    succeeded(backend, seen) {
      const { tick } = seen;
      const state = of(backend);
      close(state);
      count(state, tick, false);
      state.consecutive = 0;
      state.openMs = 0;
      state.probeAtTick = 0;
      if (state.parkedBecause === 'auth') unpark(state);
      state.latency.succeeded(seen);
      turn(backend, state, 'closed');
    },
    failed(backend, failure, retryAfterMs, tick) {
      const state = of(backend);
      close(state);
      if (failure === 'context') return;
      if (failure === 'rate-limit' || failure === 'auth') {
        return park(state, failure, retryAfterMs, tick);
      }
      state.consecutive++;
      state.latency.failed(tick);
      count(state, tick, true);
      const share = state.windowTotal >= WINDOW_MIN_REQUESTS && state.windowFailed >= OPEN_SHARE * state.windowTotal;
      if (state.breaker === 'half-open' || state.consecutive >= OPEN_AFTER || share) open(backend, state, tick);
    },
    strayed(backend, place, tick) {
      close(of(backend));
      recorder.record(strayNotice(backend, place, clock.now()));
      open(backend, of(backend), tick);
    },
    released(backend) {
      close(of(backend));
    },
    judged: (objective, missed) => judge(prices, missUsd, objective, missed),
    takeRetry: (backend) => takeRetry(of(backend), clock.tick()),
  };
}

function judge(prices: MissPrice[], missUsd: number[], { index, attainment }: Objective, missed: boolean): void {
  const price = (prices[index] ??= new MissPrice());
  price.observe(missed, 1 - attainment);
  missUsd[index] = price.usd;
}

function strayNotice({ id, region }: Backend, place: string, at: number): NoticeRecord {
  const message = `${id} answered from ${JSON.stringify(place)}, and region ${region?.id} was asked for`;
  return { type: 'notice', at, level: 'error', name: 'region-violated', message };
}

function fresh(): Figures {
  return {
    breaker: 'closed',
    probeAtTick: 0,
    probing: false,
    parkedUntilTick: 0,
    parkedBecause: null,
    inFlight: 0,
    latency: new LatencyModel(),
    consecutive: 0,
    windowStart: 0,
    windowTotal: 0,
    windowFailed: 0,
    openMs: 0,
    retryTokens: RETRY_BURST,
    retryTick: 0,
  };
}

function inherited(backend: Backend, previous: Parameters<typeof createBoard>[2]): Figures | null {
  const before = previous?.backends.find((known) => known.id === backend.id && known.url === backend.url);
  return before === undefined ? null : previous!.board.figures[before.index]!;
}

/** A pool goes on while its limits stay as they are: requests under way hold its slots. */
function keptPool(limits: PoolLimits, previous: Parameters<typeof createBoard>[2]): SlotPool | undefined {
  return previous?.board.pools.find((pool) => pool.hasLimits(limits));
}

function count(state: Figures, tick: number, failed: boolean): void {
  if (tick - state.windowStart > WINDOW_MS) {
    state.windowStart = tick;
    state.windowTotal = 0;
    state.windowFailed = 0;
  }
  state.windowTotal++;
  if (failed) state.windowFailed++;
}

function park(state: Figures, failure: 'rate-limit' | 'auth', retryAfterMs: number | null, tick: number): void {
  const wait = retryAfterMs ?? (failure === 'auth' ? PARK_AUTH_MS : PARK_RATE_MS);
  state.parkedUntilTick = Math.max(state.parkedUntilTick, tick + Math.min(wait, PARK_LONGEST_MS));
  state.parkedBecause = failure;
}

function takeRetry(state: Figures, tick: number): boolean {
  const earned = ((tick - state.retryTick) / 1000) * RETRY_PER_SECOND;
  state.retryTokens = Math.min(RETRY_BURST, state.retryTokens + earned);
  state.retryTick = tick;
  if (state.retryTokens < 1) return false;
  state.retryTokens--;
  return true;
}

function unpark(state: Figures): void {
  state.parkedUntilTick = 0;
  state.parkedBecause = null;
}
