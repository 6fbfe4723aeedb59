/** One try at one backend: hears the upstream until the commit point, then hands the answer on. */
import type { Backend } from '../core/backend.ts';
import type { Awaitable } from '../core/credential.ts';
import type { Clock } from '../core/clock.ts';
import { GatewayError, toGatewayError } from '../core/gateway-error.ts';
import type { LatencyObservation } from '../core/latency-model.ts';
import { NO_HEADERS, type HeaderView } from '../core/headers.ts';
import type { ChatProtocol } from '../core/protocol.ts';
import type { Transport, UpstreamControl, UpstreamHandler, UpstreamRequest } from '../core/transport.ts';
import { blameConfiguration } from './configured-address.ts';
import { costAt } from './cost.ts';
import type { Exchange } from './exchange.ts';
import type { Relay } from './relay.ts';
import { sideError } from './side/outcome.ts';
import { isAstray, placeSaid } from './place/proof.ts';
import type { Slot } from './slot.ts';

/** How much of an upstream's error answer is read, bytes. */
const ERROR_BYTES = 65_536;
const STREAM_TYPE = /^text\/event-stream\b/i;
const JSON_TYPE = /^application\/([a-z.-]+\+)?json\b/i;
/** How much of a stream's prologue is held before its first content, bytes. */
const HELD_BYTES = 1_048_576;

/** An answer at its commit point. */
export interface Committed {
  readonly attempt: Try;
  readonly slot: Slot;
  /** What was held before the commit point, in order. */
  readonly held: readonly Uint8Array[];
  readonly control: UpstreamControl;
  readonly headers: HeaderView;
}

/** Who made the try and hears its outcome before the commit point. */
export interface TryOwner {
  readonly exchange: Exchange;
  readonly clock: Clock;
  committed(answer: Committed): void;
  failed(error: GatewayError): void;
}

/** The handler of one upstream exchange, from open to its end. */
export class Try implements UpstreamHandler {
  readonly backend: Backend;
  readonly #owner: TryOwner;
  readonly #protocol: ChatProtocol;
  readonly #slot: Slot;
  readonly #held: Uint8Array[] = [];
  readonly #startTick: number;
  #heldBytes = 0;
  #control: UpstreamControl | null = null;
  #status: number | null = null;
  #headers: HeaderView = NO_HEADERS;
  #errorBody: Uint8Array[] | null = null;
  #relay: Relay | null = null;
  #over = false;

  /** @param tick the moment of its start, monotonic ms */
  constructor(owner: TryOwner, backend: Backend, protocol: ChatProtocol, slot: Slot, tick: number) {
    this.#owner = owner;
    this.backend = backend;
    this.#protocol = protocol;
    this.#slot = slot;
    this.#startTick = tick;
    owner.exchange.live.board.begin(backend);
  }

  /** Signs and sends; a credential that takes time is waited for. */
  open(transport: Transport, request: UpstreamRequest): void {
    let signed: Awaitable<readonly string[]>;
    try {
      signed = this.backend.credential?.sign(request) ?? [];
    } catch (cause) {
      signed = Promise.reject(toGatewayError(cause));
    }
    if (!(signed instanceof Promise)) return this.#send(transport, request, signed);
    signed.then(
      (headers) => this.#over || this.#send(transport, request, headers),
      (cause: unknown) => this.#over || this.fail(toGatewayError(cause)),
    );
  }

  /** The client left before the commit point. */
  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#control?.abort('the client left');
    this.#record('client-gone', this.#owner.clock.tick());
    this.#owner.exchange.live.board.released(this.backend);
  }

  /** From now on the relay hears the bytes. */
  follow(relay: Relay): void {
    this.#relay = relay;
  }

  /** The relay's verdict at `tick`, for the backend's figures: null = a good answer; `client-gone` blames nobody. */
  concluded(error: GatewayError | null, tick: number): void {
    this.#over = true;
    const { exchange } = this.#owner;
    const { board } = exchange.live;
    exchange.usage = this.#slot.usage;
    exchange.finish = this.#slot.finish;
    exchange.costUsd = costAt(this.backend.price, this.#slot.usage, exchange.at);
    this.#record(error?.code ?? null, tick);
    this.#rememberSeal();
    this.#judgeSpeed(tick);
    const place = placeSaid(this.backend, this.#slot.usage);
    exchange.proof = place;
    if (isAstray(this.backend, place)) board.strayed(this.backend, place, tick);
    else if (error === null) board.succeeded(this.backend, this.#observation(tick));
    else if (error.row.failure === null) board.released(this.backend);
    else board.failed(this.backend, error.row.failure, error.retryAfterMs, tick);
  }

  /** What a good answer shows of the backend's speed; how fast the first content came is only seen in a stream. */
  #observation(tick: number): LatencyObservation {
    const { exchange } = this.#owner;
    const { usage } = this.#slot;
    // a replay shows how fast a store is
    const stream = exchange.outline!.stream && exchange.call.operation === 'chat';
    const firstContent = exchange.startTick + (exchange.firstContentMs ?? 0);
    const input = usage?.inputTokens ?? exchange.facts!.inputTokens;
    const cachedTokens = usage?.cachedInputTokens ?? 0;
    return {
      tick,
      inputTokens: Math.max(0, input - cachedTokens),
      cachedTokens,
      ttftMs: stream ? firstContent - this.#startTick : null,
      outputTokens: usage?.outputTokens ?? null,
      streamMs: stream ? tick - firstContent : null,
    };
  }

  /** Whether the client saw its first content in time, whatever was tried before; only a stream shows it. */
  #judgeSpeed(tick: number): void {
    const { call, plan, outline, firstContentMs, startTick, live } = this.#owner.exchange;
    const { objective } = plan!;
    if (objective === null || firstContentMs === null || !outline!.stream || call.operation !== 'chat') return;
    const { ttftMs, tpotMs } = objective;
    const output = this.#slot.usage?.outputTokens ?? 0;
    const late = ttftMs !== null && firstContentMs > ttftMs;
    const slow = tpotMs !== null && output > 1 && (tick - startTick - firstContentMs) / (output - 1) > tpotMs;
    live.board.judged(objective, late || slow);
  }

  /** Where a choice of backends is, the next turn must find back to this one. */
  #rememberSeal(): void {
    const { seal } = this.#slot;
    const { origin } = this.backend.dialect;
    const { alias, live } = this.#owner.exchange;
    if (seal === null || origin === undefined || alias!.candidates.length < 2) return;
    live.seals.remember(seal, origin);
  }

  head(status: number, headers: HeaderView): void {
    this.#status = status;
    this.#headers = headers;
    this.#owner.exchange.headersMs = this.#owner.clock.tick() - this.#owner.exchange.startTick;
    if (status < 200 || status >= 300) {
      this.#errorBody = [];
      return;
    }
    const type = headers.get('content-type') ?? '';
    const { stream } = this.#owner.exchange.outline!;
    if (type === (stream ? 'text/event-stream' : 'application/json')) return;
    if ((stream ? STREAM_TYPE : JSON_TYPE).test(type)) return;
    const said = type === '' ? 'none' : JSON.stringify(type.slice(0, 64));
    this.#fail(new GatewayError('upstream-content-type', `The upstream answered with content type ${said}.`));
  }

  data(chunk: Uint8Array): void {
    if (this.#relay !== null) return this.#relay.data(chunk);
    if (this.#over) return;
    if (this.#errorBody !== null) return this.#collectError(chunk);
    const before = this.#held.length;
    this.#slot.push(chunk, this.#held);
    for (let i = before; i < this.#held.length; i++) this.#heldBytes += this.#held[i]!.byteLength;
    this.#judge();
  }

  end(): void {
    if (this.#relay !== null) return this.#relay.end();
    if (this.#over) return;
    if (this.#errorBody !== null) return this.#failWithAnswer();
    this.#slot.end(this.#held);
    this.#judge();
  }

  fail(error: GatewayError): void {
    if (this.#relay !== null) return this.#relay.fail(error);
    if (this.#over) return;
    if (this.#errorBody === null) this.#fail(error);
    else this.#failWithAnswer();
  }

  #send(transport: Transport, request: UpstreamRequest, signed: readonly string[]): void {
    const complete = signed.length === 0 ? request : { ...request, headers: [...request.headers, ...signed] };
    this.#control = transport.open(complete, this);
  }

  /** Before the commit point: commit, fail, or keep holding. */
  #judge(): void {
    if (this.#slot.error !== null) return this.#fail(this.#slot.error);
    if (this.#slot.committed || this.#slot.done) return this.#commit();
    if (this.#heldBytes > HELD_BYTES) this.#fail(new GatewayError('upstream-too-large'));
  }

  #commit(): void {
    const { exchange, clock } = this.#owner;
    exchange.firstContentMs = clock.tick() - exchange.startTick;
    const answer = {
      attempt: this,
      slot: this.#slot,
      held: this.#held,
      control: this.#control!,
      headers: this.#headers,
    };
    this.#owner.committed(answer);
  }

  #collectError(chunk: Uint8Array): void {
    this.#errorBody!.push(chunk);
    this.#heldBytes += chunk.byteLength;
    if (this.#heldBytes > ERROR_BYTES) this.#failWithAnswer();
  }

  #failWithAnswer(): void {
    const decoder = new TextDecoder();
    const text = this.#errorBody!.map((chunk) => decoder.decode(chunk, { stream: true })).join('');
    const error = this.#protocol.readError(this.#status!, this.#headers, text.slice(0, ERROR_BYTES));
    this.#fail(blameConfiguration(this.backend, this.#status!, sideError(this.#owner.exchange, this.#status!, error)));
  }

  #fail(error: GatewayError): void {
    this.#over = true;
    this.#control?.abort(error.code);
    const { board } = this.#owner.exchange.live;
    const tick = this.#owner.clock.tick();
    this.#record(error.code, tick);
    if (error.row.failure === null) board.released(this.backend);
    else board.failed(this.backend, error.row.failure, error.retryAfterMs, tick);
    this.#owner.failed(error);
  }

  /** Every way to end comes here, once. */
  #record(code: GatewayError['code'] | null, tick: number): void {
    const { pool } = this.backend;
    if (pool !== null) this.#owner.exchange.live.board.pools[pool]!.leave(tick - this.#startTick);
    this.#owner.exchange.attempts.push({
      backend: this.backend.id,
      provider: this.backend.dialect.provider,
      status: this.#status,
      code,
      durationMs: tick - this.#startTick,
    });
  }
}
