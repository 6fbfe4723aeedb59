/** `GET /v1/models` and `/v1/models/{id}`: the names a caller may ask for. */
import type { Context, Hono } from 'hono';
import type { RouteEntry } from '../src/core/gateway.ts';
import { methodNotAllowed, otherMethods, receive, refuseAll, type Desk } from './desk.ts';

const LIST: RouteEntry = { surface: 'openai-chat', operation: 'list-models', target: null, hasBody: false };

/** Anthropic's clients say their version; they get the list in their own shape. */
function listFor(c: Context): RouteEntry {
  return c.req.header('anthropic-version') === undefined ? LIST : { ...LIST, surface: 'anthropic-messages' };
}

/** Mounts both paths. Ids contain slashes, so everything behind the prefix is the id. */
export function mountModels(app: Hono, desk: Desk): void {
  app.get('/v1/models', (c) => receive(c, desk, listFor(c)));
  app.get('/v1/models/:id{.+}', (c) =>
    receive(c, desk, { ...listFor(c), operation: 'get-model', target: c.req.param('id') }),
  );
  app.on(otherMethods('GET'), '/v1/models', (c) => refuseAll(c, desk, LIST, methodNotAllowed('GET')));
  app.on(otherMethods('GET'), '/v1/models/:id{.+}', (c) => refuseAll(c, desk, LIST, methodNotAllowed('GET')));
}
