/** Preflight answers for the origins that the configuration lists; without such a list there is no CORS. */
import type { Hono } from 'hono';

const ALLOWED_HEADERS = 'authorization, content-type, x-api-key, api-key, x-request-id, traceparent';

/** Answers `OPTIONS` for listed origins. `origins` is asked per request, since a reload may change it. */
export function mountPreflight(app: Hono, origins: () => ReadonlySet<string> | null): void {
  app.options('/v1/*', async (c, next) => {
    const origin = c.req.header('origin');
    if (origin === undefined || origins()?.has(origin) !== true) return next();
    return c.body(null, 204, {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': c.req.header('access-control-request-headers') ?? ALLOWED_HEADERS,
      'access-control-max-age': '600',
      vary: 'origin',
    });
  });
}
