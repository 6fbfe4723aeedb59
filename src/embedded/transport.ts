/** The in-process model as a Transport: URLs of the scheme `embedded:` are answered as an OpenAI-compatible server would. */
import type { Clock, Random, Timer } from '../core/clock.ts';
import { EgressPermit } from '../core/egress.ts';
import { GatewayError, toGatewayError } from '../core/gateway-error.ts';
import type { Transport, UpstreamControl, UpstreamHandler, UpstreamRequest } from '../core/transport.ts';
import { answerChat, sendFault, sendJson } from './chat/exchange.ts';
import { OpenAiFault } from './chat/openai-fault.ts';
import type { Cancel, Responder } from './engine.ts';
import { Outbox } from './outbox.ts';

/** What the transport is made of. Of the limits of a request `headersMs` and `totalMs` apply: there is no connection to wait for. */
export interface EmbeddedTransportOptions {
  /** By the name in the URL: `handbook` answers `embedded:handbook/v1/chat/completions`. */
  readonly engines: Readonly<Record<string, Responder>>;
  readonly clock: Clock;
  /** Ids of answers, and seeds where a request names none. */
  readonly random: Random;
  /** Where a request says nothing; 0 (always the best token) unless told otherwise. */
  readonly temperature?: number;
}

/** An address: `embedded:<model>/<path>`. */
interface Address {
  /** `embedded:<model>`, what a permit must name. */
  readonly origin: string;
  readonly model: string;
  readonly path: string;
}

/** The scheme of its URLs, colon included. */
export const EMBEDDED_SCHEME = 'embedded:';

/** The parts of a URL; null when it is not one of ours. */
export function parseEmbeddedUrl(url: string): Address | null {
  const [, model, path] = /^embedded:([a-z0-9][a-z0-9._-]*)(\/[^?#]*)?(?:\?[^#]*)?$/.exec(url) ?? [];
  return model === undefined ? null : { origin: `${EMBEDDED_SCHEME}${model}`, model, path: path ?? '/' };
}

/** A transport over engines. Closing it waits for the answers under way, then closes the engines. */
export function createEmbeddedTransport(options: EmbeddedTransportOptions): Transport {
  const running = new Set<Exchange>();
  let isClosed = false;
  let whenIdle: (() => void) | null = null;
  const leave = (exchange: Exchange): void => {
    running.delete(exchange);
    if (running.size === 0) whenIdle?.();
  };
  return {
    open(request, handler) {
      const exchange = new Exchange(options, request, handler, leave);
      running.add(exchange);
      queueMicrotask(() => exchange.begin(isClosed));
      return exchange;
    },
    async close() {
      isClosed = true;
      if (running.size > 0) await new Promise<void>((resolve) => (whenIdle = resolve));
      await Promise.all(Object.values(options.engines).map((engine) => engine.close()));
    },
  };
}

/** One answer under way: the permit, the address and the limits; what is said is up to `answerChat`. */
class Exchange implements UpstreamControl {
  readonly #options: EmbeddedTransportOptions;
  readonly #request: UpstreamRequest;
  readonly #outbox: Outbox;
  readonly #timers: Timer[];
  #cancel: Cancel | null = null;

  constructor(
    options: EmbeddedTransportOptions,
    request: UpstreamRequest,
    handler: UpstreamHandler,
    leave: (exchange: Exchange) => void,
  ) {
    const { clock } = options;
    const { headersMs, totalMs } = request.limits;
    this.#options = options;
    this.#request = request;
    this.#outbox = new Outbox(handler, () => {
      for (const timer of this.#timers) timer.cancel();
      leave(this);
    });
    this.#timers = [
      clock.after(headersMs, () => this.#outbox.hasHead || this.#expire('headers')),
      clock.after(totalMs, () => this.#expire('total')),
    ];
  }

  /** Answers; called once, after `open` returned. */
  begin(isClosed: boolean): void {
    if (this.#outbox.isClosed) return;
    const { permit, url } = this.#request;
    const address = parseEmbeddedUrl(url);
    if (address === null || !EgressPermit.allows(permit, address.origin)) {
      return this.#outbox.fail(new GatewayError('egress-denied', undefined, { where: 'embedded' }));
    }
    const { engines } = this.#options;
    const engine = Object.hasOwn(engines, address.model) ? engines[address.model] : undefined;
    if (isClosed) return this.#outbox.fail(new GatewayError('gateway-shutdown'));
    if (engine === undefined) {
      return this.#outbox.fail(new GatewayError('upstream-connect', undefined, { where: 'connect' }));
    }
    try {
      this.#serve(engine, address);
    } catch (error) {
      this.#outbox.fail(toGatewayError(error));
    }
  }

  pause(): void {
    this.#outbox.pause();
  }

  resume(): void {
    this.#outbox.resume();
  }

  abort(): void {
    this.#outbox.drop();
    this.#cancel?.();
  }

  #serve(engine: Responder, { model, path }: Address): void {
    const { clock, random, temperature = 0 } = this.#options;
    const created = Math.floor(clock.now() / 1000);
    const { method } = this.#request;
    if (method === 'POST' && path === '/v1/chat/completions') {
      const head = { id: `chatcmpl-${random.id()}`, created, model };
      const seed = Math.floor(random.next() * 2 ** 32);
      this.#cancel = answerChat(this.#request, engine, head, { temperature, seed }, this.#outbox);
    } else if (method === 'GET' && path === '/v1/models') {
      sendJson(this.#outbox, 200, {
        object: 'list',
        data: [{ id: model, object: 'model', created, owned_by: 'embedded' }],
      });
    } else {
      const message = `Unknown request: ${method} ${path}. POST /v1/chat/completions and GET /v1/models are served.`;
      sendFault(this.#outbox, new OpenAiFault(404, 'invalid_request_error', 'unknown_url', null, message));
    }
  }

  #expire(where: 'headers' | 'total'): void {
    this.#outbox.fail(new GatewayError('upstream-timeout', undefined, { where }));
    this.#cancel?.();
  }
}
