/** A client without sockets: makes calls and keeps what came back. */
import type { ProtocolId } from '../../src/core/chat.ts';
import type { Call, Operation, ReplySink } from '../../src/core/gateway.ts';
import { viewOfRecord } from '../../src/core/headers.ts';
import { Secret } from '../../src/core/secret.ts';

const encoder = new TextEncoder();

/** What a client saw. */
export interface Reply extends ReplySink {
  status: number | null;
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly json: { error?: Record<string, unknown> } & Record<string, unknown>;
  ended: boolean;
  wasCut: boolean;
  /** Set to false to refuse further bytes until `drain`. */
  accepting: boolean;
  drain(): void;
}

/** How a call is made. */
export interface CallOptions {
  readonly surface?: ProtocolId;
  readonly operation?: Operation;
  readonly target?: string | null;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly key?: string;
}

/** A call and the client's hand on it. */
export interface ClientCall extends Call {
  leave(): void;
}

/** Makes a call with a JSON body (or exact text). */
export function makeCall(body: unknown, options: CallOptions = {}): ClientCall {
  let gone = (): void => {};
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  return {
    surface: options.surface ?? 'openai-chat',
    operation: options.operation ?? 'chat',
    target: options.target ?? null,
    query: options.query ?? '',
    headers: viewOfRecord(options.headers ?? {}),
    body: encoder.encode(text),
    credential: options.key === undefined ? null : { kind: 'key', key: new Secret(options.key) },
    onGone: (f) => void (gone = f),
    background: () => {},
    leave: () => gone(),
  };
}

/** Makes a sink that keeps everything. */
export function makeReply(): Reply {
  const chunks: Uint8Array[] = [];
  let onDrain = (): void => {};
  const reply: Reply = {
    status: null,
    headers: {},
    ended: false,
    wasCut: false,
    accepting: true,
    get text() {
      const decoder = new TextDecoder();
      return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('');
    },
    get json() {
      return JSON.parse(this.text) as Reply['json'];
    },
    start(status, headers) {
      if (reply.status !== null) throw new Error('started twice');
      reply.status = status;
      for (let i = 0; i < headers.length; i += 2) reply.headers[headers[i]!] = headers[i + 1]!;
    },
    write(chunk) {
      if (reply.status === null || reply.ended) throw new Error('written outside start and end');
      chunks.push(chunk.slice());
      return reply.accepting;
    },
    onDrain: (f) => void (onDrain = f),
    end() {
      if (reply.ended) throw new Error('ended twice');
      reply.ended = true;
    },
    cut: () => void (reply.wasCut = true),
    drain: () => onDrain(),
  };
  return reply;
}
