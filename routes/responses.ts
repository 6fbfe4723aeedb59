/** `POST /v1/responses`: the OpenAI Responses surface. */
import type { Hono } from 'hono';
import { GatewayError } from '../src/core/gateway-error.ts';
import type { RouteEntry } from '../src/core/gateway.ts';
import { methodNotAllowed, otherMethods, receive, refuseAll, type Desk } from './desk.ts';

const PATH = '/v1/responses';
const ENTRY: RouteEntry = { surface: 'openai-responses', operation: 'chat', target: null, hasBody: true };

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
}
