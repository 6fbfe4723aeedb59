/** What becomes of an answer beside its way to the client: what the upstream keeps is remembered, what is not there is said. */
import type { Backend } from '../../core/backend.ts';
import type { Awaitable } from '../../core/credential.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import type { KeyValue } from '../../core/stores.ts';
import type { Exchange } from '../exchange.ts';
import { forget, keep, type KeptName } from './kept.ts';
import { isStored, STATEFUL } from './operations.ts';
import { notFound } from './pin.ts';

/**
 * Remembers what a good answer of the stateful language made, forgets what it deleted. `id` as the upstream said it. A store that fails does
 * not fail the answer: `failed` hears of it, and the id will be unknown.
 */
export function noteKept(
  exchange: Exchange,
  backend: Backend,
  id: string | null,
  store: KeyValue,
  failed: (cause: unknown) => void,
): void {
  try {
    const done = note(exchange, backend, id, store);
    if (done instanceof Promise) exchange.call.background(done.catch(failed));
  } catch (cause) {
    failed(cause);
  }
}

function note(exchange: Exchange, backend: Backend, id: string | null, store: KeyValue): Awaitable<void> {
  const { call, caller, scan, reference } = exchange;
  const named = (kind: KeptName['kind'], name: string): KeptName => ({ caller, kind, id: name });
  switch (call.operation) {
    case 'chat':
      if (id === null || backend.dialect.protocol !== STATEFUL || !backend.serves.has('stored-responses')) return;
      if (scan!.has('store') && scan!.value('store') === false) return;
      return keep(store, named('response', id), backend, exchange.model!);
    case 'create-conversation':
      if (id !== null) return keep(store, named('conversation', id), backend, exchange.model!);
      return;
    case 'delete-response':
    case 'delete-conversation':
      return forget(store, named(reference!.kind, reference!.id));
    default:
  }
}

/** The error of an upstream about a thing that it should keep, or an operation that it should serve: no failure of its health. */
export function sideError(exchange: Exchange, status: number, error: GatewayError): GatewayError {
  const { call, reference } = exchange;
  const isMissing = status === 404 && error.code === 'upstream-error';
  if (reference !== null && (isMissing || (status === 404 && isStored(call.operation)))) return notFound(reference);
  if (call.operation === 'count-tokens' && (isMissing || status === 405 || status === 501)) {
    return new GatewayError('request-unsatisfiable', 'The backend does not count tokens.');
  }
  return error;
}
