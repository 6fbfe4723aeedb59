/** `/trust`: which signed models are verified now, on the admin listener only. */
import type { Hono } from 'hono';
import type { Operations } from '../src/core/gateway.ts';

/** Mounts the path. */
export function mountTrust(app: Hono, operations: Operations): void {
  app.get('/trust', (c) => c.json(operations.trust()));
}
