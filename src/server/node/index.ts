/** The front door on Node: reads a Call from node:http and writes its answer, without Web objects. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { FrontDoor } from '../../core/gateway.ts';
import { viewOfRecord } from '../../core/headers.ts';
import { bodyLimits, NO_BODY, ReceivedCall, type BodyDone, type DoorOptions } from '../door.ts';
import { bodyTypeError, defineHosts } from '../head-rules.ts';
import { BodyRoom } from './body.ts';
import { isEnding, lingerOnClose } from './linger.ts';
import { checkHead } from './request-head.ts';
import { NodeSink } from './sink.ts';

/** How a front door is made. */
export interface NodeDoorOptions extends DoorOptions {
  /** How long a client may leave a written chunk unread before it counts as gone, ms; 120 s when absent. */
  readonly writeTimeoutMs?: number;
}

/** Makes the front door for Hono on @hono/node-server: `env` is its `{ incoming, outgoing }`. */
export function createNodeDoor(options: NodeDoorOptions): FrontDoor {
  const { clock } = options;
  const hosts = defineHosts(options.hosts);
  const bodies = new BodyRoom(bodyLimits(options), clock);
  const writeTimeoutMs = options.writeTimeoutMs ?? 120_000;
  return {
    receive(env, _request, entry, deliver) {
      const { incoming, outgoing } = bindingsOf(env);
      if (isEnding(incoming.socket)) return RESPONSE_ALREADY_SENT;
      const sink = new NodeSink(outgoing, clock, writeTimeoutMs);
      const headers = viewOfRecord(incoming.headers);
      const call = new ReceivedCall(entry, incoming.url ?? '', headers, sink);
      const answer: BodyDone = (body, error) => {
        call.body = body;
        if (hasUnread(incoming)) {
          sink.closeAfter();
          lingerOnClose(incoming.socket, clock);
        }
        deliver(call, sink, error);
      };
      const error = checkHead(incoming, headers, hosts) ?? (entry.hasBody ? bodyTypeError(headers) : null);
      if (error !== null) answer(NO_BODY, error);
      else if (!entry.hasBody) answer(NO_BODY, null);
      else bodies.read(incoming, answer);
      return RESPONSE_ALREADY_SENT;
    },
  };
}

/** What is left unread would be taken for the next request: such a connection ends with its answer. */
function hasUnread(incoming: IncomingMessage): boolean {
  if (incoming.complete) return false;
  const length = incoming.headers['content-length'];
  return incoming.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

function bindingsOf(env: unknown): { incoming: IncomingMessage; outgoing: ServerResponse } {
  if (typeof env === 'object' && env !== null && 'incoming' in env && 'outgoing' in env) {
    const { incoming, outgoing } = env;
    if (incoming instanceof IncomingMessage && outgoing instanceof ServerResponse) return { incoming, outgoing };
  }
  throw new TypeError('The Node front door needs the bindings of @hono/node-server: env.incoming and env.outgoing.');
}
