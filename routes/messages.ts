/** `POST /v1/messages` and `/count_tokens`: the Anthropic Messages surface, and the probes its clients send first. */
import type { Hono } from 'hono';
import type { RouteEntry } from '../src/core/gateway.ts';
import { methodNotAllowed, otherMethods, receive, refuseAll, type Desk } from './desk.ts';

const PATH = '/v1/messages';
const ENTRY: RouteEntry = { surface: 'anthropic-messages', operation: 'chat', target: null, hasBody: true };

const COUNT_PATH = `${PATH}/count_tokens`;
const COUNT: RouteEntry = { ...ENTRY, operation: 'count-tokens' };

/** Mounts the surface. */
export function mountMessages(app: Hono, desk: Desk): void {
  app.post(PATH, (c) => receive(c, desk, ENTRY));
  app.on(otherMethods('POST'), PATH, (c) => refuseAll(c, desk, ENTRY, methodNotAllowed('POST')));
  app.post(COUNT_PATH, (c) => receive(c, desk, COUNT));
  app.on(otherMethods('POST'), COUNT_PATH, (c) => refuseAll(c, desk, COUNT, methodNotAllowed('POST')));
  // Claude Code asks whether anybody is there before its first message, older ones at the root. Hono looks for HEAD under GET.
  for (const probe of ['/', '/api/hello']) {
    app.get(probe, (c, next) => (c.req.method === 'HEAD' ? Promise.resolve(c.body(null, 200)) : next()));
  }
}
