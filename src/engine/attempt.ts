/** Step 5: tries the plan's attempts one after another until an answer reaches its commit point or none is left. */
import type { Backend } from '../core/backend.ts';
import type { Clock, Random, Timer } from '../core/clock.ts';
import { EgressPermit, type EgressPurpose } from '../core/egress.ts';
import type { FailureClass } from '../core/error-codes.ts';
import { GatewayError, toGatewayError } from '../core/gateway-error.ts';
import type { Attempt, RecheckFunction } from '../core/policy.ts';
import type { ChatProtocol } from '../core/protocol.ts';
import type { Protocols } from '../core/catalogue.ts';
import type { Transport } from '../core/transport.ts';
import { encode as encodeChat } from './encode.ts';
import type { Exchange } from './exchange.ts';
import { encodeSide } from './side/encode-side.ts';
import type { SlotListener, SlotPool } from './slot-pool.ts';
import { Try, type Committed, type TryOwner } from './try.ts';
import { upstreamRequest } from './upstream-request.ts';

/** Backoff before a retry at the same backend: full jitter below this, ms. */
const BACKOFF_MS = 250;

/** What the attempts need from outside. */
export interface AttemptPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly recheck: RecheckFunction;
  readonly transport: Transport;
  readonly protocols: Protocols;
}

/** Hears exactly one of both, once. */
export interface AttemptListener {
  committed(answer: Committed): void;
  exhausted(error: GatewayError): void;
}

/** Interprets a plan; decides nothing. One per exchange. */
export class Attempts implements TryOwner {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly #ports: AttemptPorts;
  readonly #listener: AttemptListener;
  #next = 0;
  #timer: Timer | null = null;
  #current: Try | null = null;
  #waiting: { readonly pool: SlotPool; readonly listener: SlotListener } | null = null;
  #best: GatewayError | null = null;
  #tried = 0;

  constructor(exchange: Exchange, ports: AttemptPorts, listener: AttemptListener) {
    this.exchange = exchange;
    this.clock = ports.clock;
    this.#ports = ports;
    this.#listener = listener;
  }

  /** Opens the first attempt. */
  begin(): void {
    this.#advance(null);
  }

  /** The client left before the commit point: whatever runs is dropped. */
  abandon(): void {
    this.#timer?.cancel();
    this.#waiting?.pool.withdraw(this.#waiting.listener);
    this.#current?.abandon();
  }

  /** @internal A try reached its commit point. */
  committed(answer: Committed): void {
    this.#listener.committed(answer);
  }

  /** @internal A try failed before its commit point. */
  failed(error: GatewayError): void {
    this.#current = null;
    this.#best = betterToReport(this.#best, error);
    const { failure } = error.row;
    if (failure === null || this.exchange.gone) this.#listener.exhausted(this.#final(error));
    else this.#advance(failure);
  }

  /** Opens the next attempt that the plan allows after `failure`; null = the first. */
  #advance(failure: FailureClass | null): void {
    const { attempts } = this.exchange.plan!;
    // the first attempt follows the plan at once: its moment is known
    const tick = failure === null ? this.exchange.startTick + this.exchange.planMs : this.clock.tick();
    while (this.#next < attempts.length) {
      const attempt = attempts[this.#next++]!;
      // without a failure there is nothing to retry: the attempts before it may not be made at all
      if (failure === null ? attempt.mode === 'retry' : !attempt.when.includes(failure)) continue;
      if (this.#tried > 0 && this.#remainingMs(tick) <= 0) break;
      if (attempt.mode === 'retry') {
        if (!this.exchange.live.board.takeRetry(attempt.backend)) continue;
        const wait = this.#ports.random.next() * BACKOFF_MS;
        this.#timer = this.clock.after(wait, () => this.#openGuarded(attempt, failure));
        return;
      }
      if (this.#open(attempt, tick)) return;
    }
    this.#listener.exhausted(this.#final(this.#best ?? new GatewayError('capacity-exhausted-within-policy')));
  }

  #openGuarded(attempt: Attempt, failure: FailureClass | null): void {
    if (!this.exchange.gone && !this.#open(attempt, this.clock.tick())) this.#advance(failure);
  }

  /** True when the attempt is under way or waits for a slot; false when it may not or cannot be made. */
  #open(attempt: Attempt, tick: number): boolean {
    const { pool: index } = attempt.backend;
    if (index === null) return this.#openNow(attempt, tick);
    const pool = this.exchange.live.board.pools[index]!;
    const listener = this.#listenerFor(attempt, pool);
    const entered = pool.enter(listener);
    if (entered === null) this.#best = betterToReport(this.#best, poolIsFull(pool));
    else if (!entered) this.#waiting = { pool, listener };
    return entered === true ? this.#openWithSlot(attempt, pool, tick) : entered === false;
  }

  #openWithSlot(attempt: Attempt, pool: SlotPool, tick: number): boolean {
    const isOpen = this.#openNow(attempt, tick);
    if (!isOpen) pool.leave(null);
    return isOpen;
  }

  #listenerFor(attempt: Attempt, pool: SlotPool): SlotListener {
    return {
      granted: () => {
        this.#waiting = null;
        // judged again: what was allowed may not be any more
        if (!this.#openWithSlot(attempt, pool, this.clock.tick())) this.#advance('overload');
      },
      expired: () => {
        this.#waiting = null;
        this.#best = betterToReport(this.#best, poolIsFull(pool));
        this.#advance('overload');
      },
    };
  }

  #openNow(attempt: Attempt, tick: number): boolean {
    const { exchange } = this;
    const { backend } = attempt;
    const { snapshot, board } = exchange.live;
    const purpose: EgressPurpose = attempt.mode === 'retry' ? 'retry' : 'attempt';
    const permit = this.#ports.recheck(
      snapshot.policy,
      exchange.facts!,
      backend,
      board.view(tick, exchange.at + (tick - exchange.startTick)),
      purpose,
      exchange.decision,
    );
    if (!(permit instanceof EgressPermit)) return false;
    const protocol = this.#ports.protocols.get(backend.dialect.protocol)!;
    try {
      this.#send(backend, protocol, permit, tick);
      return true;
    } catch (cause) {
      this.#best = betterToReport(this.#best, toGatewayError(cause));
      return false;
    }
  }

  #send(backend: Backend, protocol: ChatProtocol, permit: EgressPermit, tick: number): void {
    const { exchange } = this;
    const encode = exchange.call.operation === 'chat' ? encodeChat : encodeSide;
    const encoded = encode(exchange, backend, protocol);
    const request = upstreamRequest(exchange, backend, encoded, permit, this.#remainingMs(tick));
    exchange.backend = backend.id;
    exchange.provider = backend.dialect.provider;
    exchange.upstreamModel = encoded.upstreamModel;
    exchange.path = encoded.mode;
    exchange.splices = encoded.splices;
    exchange.losses = encoded.losses.losses.map(({ field }) => field);
    this.#tried++;
    this.#current = new Try(this, backend, protocol, encoded.slot, tick);
    this.#current.open(this.#ports.transport, request);
  }

  /** Milliseconds left of the plan's deadline. */
  #remainingMs(tick: number): number {
    const { deadlineMs } = this.exchange.plan!;
    return deadlineMs === null ? Infinity : deadlineMs - (tick - this.exchange.startTick);
  }

  /** After several attempts the caller must not multiply the load: no further retry by itself. */
  #final(error: GatewayError): GatewayError {
    const best = this.#best ?? error;
    if (this.#tried < 2) return best;
    const attempts = this.exchange.attempts.map(({ backend, code, durationMs }) => ({
      ...(this.exchange.mayExplain ? { backend } : {}),
      code,
      ms: Math.round(durationMs),
    }));
    return new GatewayError(best.code, best.message, {
      hint: best.hint,
      retryable: false,
      facts: { ...best.facts, attempts },
      ...(best.where === null ? {} : { where: best.where }),
      ...(best.retryAfterMs === null ? {} : { retryAfterMs: best.retryAfterMs }),
      ...(best.native === null ? {} : { native: best.native }),
    });
  }
}

function poolIsFull(pool: SlotPool): GatewayError {
  return new GatewayError(
    'capacity-exhausted-within-policy',
    'All slots are taken, and so are the places in the queue.',
    {
      retryAfterMs: Math.max(1000, pool.holdMs),
    },
  );
}

/**
 * Which of two failures the caller should hear: among rate limits the one with the shortest wait, otherwise the later, since it
 * is what the last hope said.
 */
function betterToReport(before: GatewayError | null, now: GatewayError): GatewayError {
  if (before === null) return now;
  const limited = before.code === 'upstream-rate-limited' && now.code === 'upstream-rate-limited';
  if (limited && (before.retryAfterMs ?? Infinity) < (now.retryAfterMs ?? Infinity)) return before;
  return now;
}
