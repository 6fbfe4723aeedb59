/** What every route is handed, and the one way from a Hono context to the gateway. */
import type { Context } from 'hono';
import { GatewayError } from '../src/core/gateway-error.ts';
import type { FrontDoor, Gateway, RouteEntry } from '../src/core/gateway.ts';

/** The gateway and the runtime's way of reading calls. */
export interface Desk {
  readonly gateway: Gateway;
  readonly door: FrontDoor;
}

/** Reads the call and hands it to the gateway; what the reader refuses is refused in the route's protocol. */
export function receive(c: Context, desk: Desk, entry: RouteEntry): Response | Promise<Response> {
  return desk.door.receive(c.env, c.req.raw, entry, (call, sink, error) => {
    if (error === null) desk.gateway.handle(call, sink);
    else desk.gateway.refuse(call, error, sink);
  });
}

/** Refuses whatever comes, in the route's protocol, without reading its body. */
export function refuseAll(
  c: Context,
  desk: Desk,
  entry: RouteEntry,
  error: GatewayError,
): Response | Promise<Response> {
  return desk.door.receive(c.env, c.req.raw, { ...entry, hasBody: false }, (call, sink, found) =>
    desk.gateway.refuse(call, found ?? error, sink),
  );
}

/** The error of a path that exists with other methods only. */
export function methodNotAllowed(allow: string): GatewayError {
  return new GatewayError('method-not-allowed', `This path is served with ${allow} only.`, {
    headers: ['allow', allow],
  });
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Every method but those served, to refuse them by name: a catch-all on the same path would make two handlers match, and Hono
 * then runs its asynchronous middleware chain for every request.
 */
export function otherMethods(...served: readonly string[]): string[] {
  return METHODS.filter((method) => !served.includes(method));
}
