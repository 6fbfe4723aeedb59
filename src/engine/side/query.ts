/** The query of a stored operation: passed on as written, but for what would name a key or an upstream. */
import { GatewayError } from '../../core/gateway-error.ts';
import type { StoredOperation } from '../../core/gateway.ts';

/** What a query says to the gateway, and what is left of it for the upstream. */
export interface SideQuery {
  /** Without `?`; empty where nothing is passed on. */
  readonly query: string;
  readonly stream: boolean;
  /** The model that a new conversation is for; null = not said. */
  readonly model: string | null;
}

/** What a query consists of (RFC 3986), within reason. */
const QUERY = /^[\w.~!$'()*+,;=:@%/?&[\]-]{0,2048}$/;
/** Vendors take keys in their query, and ours must not go there. */
const KEYS = /^(?:key|api[-_]?key|(?:access[-_]?)?token|authorization)$/i;

/** @throws GatewayError `invalid-value` for an odd query, `unknown-parameter` for one that carries a key */
export function checkQuery(query: string, operation: StoredOperation): SideQuery {
  if (query === '') return NOTHING;
  if (!QUERY.test(query)) throw new GatewayError('invalid-value', 'The query is not readable.', { where: 'query' });
  const values = new URLSearchParams(query);
  for (const name of values.keys()) {
    if (!KEYS.test(name)) continue;
    throw new GatewayError('unknown-parameter', `The query may not carry \`${name}\`.`, {
      where: name,
      hint: 'Send the key in a header.',
    });
  }
  const stream = operation === 'get-response' && values.get('stream') === 'true';
  const model = operation === 'create-conversation' ? values.get('model') : null;
  if (model === null) return { query, stream, model };
  const rest = query.split('&').filter((pair) => pair.split('=')[0] !== 'model');
  return { query: rest.join('&'), stream, model };
}

const NOTHING: SideQuery = Object.freeze({ query: '', stream: false, model: null });
