/** `POST /v1/explain`: a chat request in, the decision out, nothing called. */
import type { Hono } from 'hono';
import type { RouteEntry } from '../src/core/gateway.ts';
import { methodNotAllowed, otherMethods, receive, refuseAll, type Desk } from './desk.ts';

const PATH = '/v1/explain';
const ENTRY: RouteEntry = { surface: 'openai-chat', operation: 'explain', target: null, hasBody: true };

/** Mounts the path. */
export function mountExplain(app: Hono, desk: Desk): void {
  app.post(PATH, (c) => receive(c, desk, ENTRY));
  app.on(otherMethods('POST'), PATH, (c) => refuseAll(c, desk, ENTRY, methodNotAllowed('POST')));
}
