/** `/metrics`: Prometheus text, on the admin listener only. */
import type { Hono } from 'hono';
import type { Operations } from '../src/core/gateway.ts';

/** Mounts the path. */
export function mountMetrics(app: Hono, operations: Operations): void {
  app.get('/metrics', (c) =>
    c.body(operations.metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
}
