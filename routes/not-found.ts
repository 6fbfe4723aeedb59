/** Every other path: an error in the OpenAI shape, which most clients read. */
import type { Hono } from 'hono';
import { GatewayError } from '../src/core/gateway-error.ts';
import type { RouteEntry } from '../src/core/gateway.ts';
import { refuseAll, type Desk } from './desk.ts';

const ENTRY: RouteEntry = { surface: 'openai-chat', operation: 'chat', target: null, hasBody: false };

/** Answers unknown paths, and what Hono itself could not route. */
export function mountNotFound(app: Hono, desk: Desk): void {
  app.notFound((c) => refuseAll(c, desk, ENTRY, new GatewayError('not-found')));
  app.onError((_error, c) => refuseAll(c, desk, ENTRY, new GatewayError('internal')));
}
