/** A transport without sockets: the test holds the other end of every exchange. */
import { EgressPermit } from '../../src/core/egress.ts';
import { viewOf } from '../../src/core/headers.ts';
import type { Transport, UpstreamHandler, UpstreamRequest } from '../../src/core/transport.ts';

const encoder = new TextEncoder();

/** The upstream's end of one exchange. */
export interface Opened {
  readonly request: UpstreamRequest;
  readonly handler: UpstreamHandler;
  /** The body that was sent, parsed; an empty object where there was none. */
  readonly body: Record<string, unknown>;
  aborted: string | null;
  paused: boolean;
  /** Answers with a whole JSON body. */
  json(status: number, body: unknown, headers?: readonly string[]): void;
  /** Begins an event stream. */
  stream(): void;
  /** Sends bytes of a stream, one chunk. */
  send(text: string): void;
  end(): void;
}

/** A transport that records what was opened. */
export interface ScriptedTransport extends Transport {
  readonly opened: Opened[];
  /** The newest exchange; throws when there is none. */
  last(): Opened;
}

/** Creates one. Every permit is checked as a real transport does. */
export function createScriptedTransport(): ScriptedTransport {
  const opened: Opened[] = [];
  return {
    opened,
    last() {
      const last = opened.at(-1);
      if (last === undefined) throw new Error('nothing was opened');
      return last;
    },
    open(request, handler) {
      const url = new URL(request.url);
      if (!EgressPermit.allows(request.permit, url.origin)) throw new Error('opened without a permit');
      const exchange = createOpened(request, handler);
      opened.push(exchange);
      return {
        pause: () => void (exchange.paused = true),
        resume: () => void (exchange.paused = false),
        abort: (reason) => void (exchange.aborted ??= reason),
      };
    },
    close: async () => {},
  };
}

function createOpened(request: UpstreamRequest, handler: UpstreamHandler): Opened {
  const live = (): boolean => exchange.aborted === null;
  const exchange: Opened = {
    request,
    handler,
    body:
      request.body.byteLength === 0
        ? {}
        : (JSON.parse(new TextDecoder().decode(request.body)) as Record<string, unknown>),
    aborted: null,
    paused: false,
    json(status, body, headers = []) {
      if (live()) handler.head(status, viewOf(['content-type', 'application/json', ...headers]));
      if (live()) handler.data(encoder.encode(typeof body === 'string' ? body : JSON.stringify(body)));
      if (live()) handler.end();
    },
    stream() {
      if (live()) handler.head(200, viewOf(['content-type', 'text/event-stream']));
    },
    send(text) {
      if (live()) handler.data(encoder.encode(text));
    },
    end() {
      if (live()) handler.end();
    },
  };
  return exchange;
}
