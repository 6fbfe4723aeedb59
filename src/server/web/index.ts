/** The front door where requests are Web objects: Workers, and any host that mounts `gateway.fetch`. */
import type { FrontDoor } from '../../core/gateway.ts';
import { viewOfWeb } from '../../core/headers.ts';
import { bodyLimits, ReceivedCall, type DoorOptions } from '../door.ts';
import { bodyTypeError, defineHosts } from '../head-rules.ts';
import { readBody } from './body.ts';
import { checkHead } from './request-head.ts';
import { WebSink } from './sink.ts';

/** How a front door is made. */
export interface WebDoorOptions extends DoorOptions {
  /** Country in which the runtime handles a request; null = not known. Absent = as the configuration says. */
  readonly place?: (request: Request) => string | null;
}

/**
 * Makes the front door. `env` may carry the runtime's `waitUntil`, as a function of its own or on an `executionCtx`; work
 * that outlives the answer is then announced to it.
 */
export function createWebDoor(options: WebDoorOptions): FrontDoor {
  const hosts = defineHosts(options.hosts);
  const limits = bodyLimits(options);
  return {
    receive(env, request, entry, deliver) {
      const sink = new WebSink(request.signal);
      const headers = viewOfWeb(request.headers);
      const host = {
        onGone: (f: () => void) => sink.onGone(f),
        background: (work: Promise<void>) => announce(env, work),
      };
      const call = new ReceivedCall(entry, request.url, headers, host);
      if (options.place !== undefined) call.place = options.place(request);
      const error = checkHead(request, headers, hosts) ?? (entry.hasBody ? bodyTypeError(headers) : null);
      if (error !== null || !entry.hasBody) {
        deliver(call, sink, error);
      } else {
        readBody(request, limits, options.clock, (body, bodyError) => {
          call.body = body;
          deliver(call, sink, bodyError);
        });
      }
      return sink.response;
    },
  };
}

function announce(env: unknown, work: Promise<void>): void {
  if (typeof env !== 'object' || env === null) return;
  if ('waitUntil' in env && typeof env.waitUntil === 'function') env.waitUntil(work);
  else if ('executionCtx' in env) announce(env.executionCtx, work);
}
