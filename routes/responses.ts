/** `POST /v1/responses` and what is posted below it (`/input_tokens`, `/compact`, `/{id}/cancel`): the OpenAI Responses surface. */
import type { Hono } from 'hono';
import { GatewayError } from '../src/core/gateway-error.ts';
import type { RouteEntry } from '../src/core/gateway.ts';
import { methodNotAllowed, otherMethods, receive, refuseAll, type Desk } from './desk.ts';

const PATH = '/v1/responses';
const ENTRY: RouteEntry = { surface: 'openai-responses', operation: 'chat', target: null, hasBody: true };

const COUNT: RouteEntry = { ...ENTRY, operation: 'count-tokens' };
const COMPACT: RouteEntry = { ...ENTRY, operation: 'compact' };
const CANCEL: RouteEntry = { ...ENTRY, operation: 'cancel-response', hasBody: false };

/** One pattern for all that is posted here: a fixed name beside a parameter would push Hono to a slower router for every path. */
const BELOW = `${PATH}/:rest{.+}`;

/** A client that asks for a WebSocket here falls back to HTTP at once when it hears 426; other statuses cost it seconds. */
const NO_WEBSOCKET = new GatewayError('upgrade-required');

/** Mounts the surface. */
export function mountResponses(app: Hono, desk: Desk): void {
  app.post(PATH, (c) => receive(c, desk, ENTRY));
  app.get(PATH, (c) => {
    const wantsSocket = c.req.header('upgrade')?.toLowerCase() === 'websocket';
    return refuseAll(c, desk, ENTRY, wantsSocket ? NO_WEBSOCKET : methodNotAllowed('POST'));
  });
  app.on(otherMethods('POST', 'GET'), PATH, (c) => refuseAll(c, desk, ENTRY, methodNotAllowed('POST')));
  app.post(BELOW, (c) => {
    const rest = c.req.param('rest');
    if (rest === 'input_tokens') return receive(c, desk, COUNT);
    if (rest === 'compact') return receive(c, desk, COMPACT);
    const [id, verb, ...more] = rest.split('/');
    if (id !== undefined && verb === 'cancel' && more.length === 0) return receive(c, desk, { ...CANCEL, target: id });
    return refuseAll(c, desk, ENTRY, new GatewayError('not-found'));
  });
}
