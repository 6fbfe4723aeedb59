/** Every other path: an error in the OpenAI shape, which most clients read. */
import type { Hono } from 'hono';
import { nearestOf } from '../src/core/edit-distance.ts';
import { GatewayError, toGatewayError } from '../src/core/gateway-error.ts';
import type { RouteEntry } from '../src/core/gateway.ts';
import { refuseAll, type Desk } from './desk.ts';

const ENTRY: RouteEntry = { surface: 'openai-chat', operation: 'chat', target: null, hasBody: false };

/** Answers unknown paths, and what Hono itself could not route. */
export function mountNotFound(app: Hono, desk: Desk): void {
  app.notFound((c) => refuseAll(c, desk, ENTRY, notFound(c.req.path, app)));
  app.onError((error, c) => refuseAll(c, desk, ENTRY, toGatewayError(error)));
}

/** Names the nearest path that is served: a forgotten or doubled /v1 is the usual mistake. */
function notFound(path: string, app: Hono): GatewayError {
  const served = app.routes.map((route) => route.path).filter((one) => !/[:*]/.test(one));
  const nearest = nearestOf(path.slice(0, 128), served);
  return new GatewayError('not-found', undefined, nearest === null ? {} : { hint: `Did you mean ${nearest}?` });
}
