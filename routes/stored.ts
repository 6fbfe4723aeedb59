/** `/v1/responses/{id}` and `/v1/conversations`: what an upstream keeps, asked for by its id. */
import type { Context, Hono } from 'hono';
import type { RouteEntry, StoredOperation } from '../src/core/gateway.ts';
import { methodNotAllowed, otherMethods, receive, refuseAll, type Desk } from './desk.ts';

type Method = 'GET' | 'POST' | 'DELETE';

interface StoredPath {
  readonly path: string;
  readonly operations: { readonly [M in Method]?: StoredOperation };
  /** Methods that `responses.ts` answers at paths that look the same. */
  readonly elsewhere?: readonly Method[];
}

const PATHS: readonly StoredPath[] = [
  {
    path: '/v1/responses/:id',
    operations: { GET: 'get-response', DELETE: 'delete-response' },
    elsewhere: ['POST'],
  },
  { path: '/v1/responses/:id/input_items', operations: { GET: 'list-input-items' }, elsewhere: ['POST'] },
  { path: '/v1/conversations', operations: { POST: 'create-conversation' } },
  {
    path: '/v1/conversations/:id',
    operations: { GET: 'get-conversation', POST: 'update-conversation', DELETE: 'delete-conversation' },
  },
  {
    path: '/v1/conversations/:id/items',
    operations: { GET: 'list-conversation-items', POST: 'create-conversation-items' },
  },
  {
    path: '/v1/conversations/:id/items/:item',
    operations: { GET: 'get-conversation-item', DELETE: 'delete-conversation-item' },
  },
];

/** Of these the body is read. */
const WITH_BODY: ReadonlySet<StoredOperation> = new Set([
  'create-conversation',
  'update-conversation',
  'create-conversation-items',
]);

/** Mounts every path. */
export function mountStored(app: Hono, desk: Desk): void {
  for (const { path, operations, elsewhere = [] } of PATHS) {
    const methods = Object.keys(operations);
    for (const [method, operation] of Object.entries(operations)) {
      app.on(method, path, (c) => receive(c, desk, entryOf(operation, c)));
    }
    const refused = methodNotAllowed(methods.join(', '));
    app.on(otherMethods(...methods, ...elsewhere), path, (c) =>
      refuseAll(c, desk, entryOf(Object.values(operations)[0]!, c), refused),
    );
  }
}

function entryOf(operation: StoredOperation, c: Context): RouteEntry {
  const { id, item } = c.req.param() as { readonly id?: string; readonly item?: string };
  const target = item === undefined ? (id ?? null) : `${id}/${item}`;
  return { surface: 'openai-responses', operation, target, hasBody: WITH_BODY.has(operation) };
}
