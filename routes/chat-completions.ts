/** `POST /v1/chat/completions`: the OpenAI Chat Completions surface. */
import type { Hono } from 'hono';
import type { RouteEntry } from '../src/core/gateway.ts';
import { methodNotAllowed, otherMethods, receive, refuseAll, type Desk } from './desk.ts';

const PATH = '/v1/chat/completions';
const ENTRY: RouteEntry = { surface: 'openai-chat', operation: 'chat', target: null, hasBody: true };

/** Mounts the surface. */
export function mountChatCompletions(app: Hono, desk: Desk): void {
  app.post(PATH, (c) => receive(c, desk, ENTRY));
  app.on(otherMethods('POST'), PATH, (c) => refuseAll(c, desk, ENTRY, methodNotAllowed('POST')));
}
