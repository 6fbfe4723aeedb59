/** Holds a request to the backend that keeps what it refers to: nobody else has the history, and nobody else gets the question. */
import type { ModelAlias } from '../../core/backend.ts';
import type { Awaitable } from '../../core/credential.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { KeyValue } from '../../core/stores.ts';
import { parseUnique, type ObjectScan } from '../../wire/json-scan.ts';
import type { Exchange } from '../exchange.ts';
import { recall, type Kept, type Reference } from './kept.ts';

/**
 * Pins a resolved request of the stateful language that continues a response or a conversation; `exchange.alias` then leads only to who
 * keeps it. Null when there is nothing to wait for.
 * @throws GatewayError `previous-response-not-found`, `stored-not-found`, `stored-out-of-reach`, `invalid-value`
 */
export function pinHistory(exchange: Exchange, store: KeyValue): Promise<void> | null {
  const reference = referenceOf(exchange.scan!);
  if (reference === null) return null;
  return later(look(exchange, store, reference), (kept) => {
    exchange.alias = aliasOfKeeper(exchange.alias!, kept, reference);
  });
}

/** Who keeps what is referred to, as far as the caller may know. */
export function look(exchange: Exchange, store: KeyValue, reference: Reference): Awaitable<Kept> {
  exchange.reference = reference;
  const found = recall(store, { caller: exchange.caller, kind: reference.kind, id: reference.id });
  return found instanceof Promise ? found.then((kept) => kept ?? unknown(reference)) : (found ?? unknown(reference));
}

/** Runs `then` now or when the value has come; null = it has run. */
export function later<T>(value: Awaitable<T>, then: (value: T) => void): Promise<void> | null {
  if (value instanceof Promise) return value.then(then);
  then(value);
  return null;
}

/**
 * The alias with the keeper as its only candidate; where the alias names other models of the same account, with those.
 * @throws GatewayError `stored-out-of-reach`
 */
export function aliasOfKeeper(alias: ModelAlias, kept: Kept, reference: Reference): ModelAlias {
  const same = alias.candidates.filter(({ backend }) => backend.account === kept.account);
  const own = same.filter(({ backend }) => backend.id === kept.backend);
  if (same.length === 0) throw outOfReach(reference, `The model no longer leads to the backend that keeps`);
  return Object.freeze({ ...alias, candidates: own.length > 0 ? own : same });
}

/** The error of something that is kept where this request may not go. */
export function outOfReach(reference: Reference, why: string): GatewayError {
  return new GatewayError('stored-out-of-reach', `${why} ${reference.kind} ${quoted(reference.id)}.`, at(reference));
}

/** The error of something unknown; what belongs to somebody else is unknown too. */
export function notFound(reference: Reference): GatewayError {
  const code = reference.where === 'previous_response_id' ? 'previous-response-not-found' : 'stored-not-found';
  const what = reference.kind === 'response' ? 'Response' : 'Conversation';
  return new GatewayError(code, `${what} with id ${quoted(reference.id)} not found.`, at(reference));
}

function unknown(reference: Reference): never {
  throw notFound(reference);
}

function at({ where }: Reference): { readonly where?: string } {
  return where === null ? {} : { where };
}

function quoted(id: string): string {
  return `'${id.slice(0, 256).replaceAll(/[^\x20-\x7e]|'/g, '?')}'`;
}

function referenceOf(scan: ObjectScan): Reference | null {
  const previous = scan.has('previous_response_id') ? scan.value('previous_response_id') : null;
  const conversation = scan.has('conversation') ? conversationId(scan) : null;
  if (typeof previous !== 'string') {
    return conversation === null ? null : { kind: 'conversation', id: conversation, where: 'conversation' };
  }
  if (conversation === null) return { kind: 'response', id: previous, where: 'previous_response_id' };
  throw new GatewayError('invalid-value', 'Send either `previous_response_id` or `conversation`, not both.', {
    where: 'conversation',
  });
}

/** A string, or an object whose one id every reader takes for the same. */
function conversationId(scan: ObjectScan): string | null {
  const [start, end] = scan.range('conversation')!;
  const value: Json = parseUnique(scan.body, start, end);
  const id = isJsonObject(value) ? (value['id'] ?? '') : value;
  if (id === null) return null;
  if (typeof id === 'string' && id !== '') return id;
  throw new GatewayError('invalid-value', 'The field "conversation" must be an id, or an object with one.', {
    where: 'conversation',
  });
}
