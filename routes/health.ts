/** `/healthz` and `/readyz`: is the process alive, and should new requests come here? */
import type { Hono } from 'hono';
import type { Operations } from '../src/core/gateway.ts';

/** Mounts liveness. */
export function mountHealth(app: Hono): void {
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
}

/** Mounts readiness: 503 with the reason while starting or draining. */
export function mountReadiness(app: Hono, operations: Operations): void {
  app.get('/readyz', (c) => {
    const { ready, reason } = operations.ready();
    return ready ? c.json({ status: 'ready' }) : c.json({ status: 'not-ready', reason }, 503);
  });
}
