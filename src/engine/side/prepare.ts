/** What takes the place of resolving for the operations beside chat: which model, which backends, what the request refers to. */
import type { Candidate, ModelAlias } from '../../core/backend.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import type { StoredOperation } from '../../core/gateway.ts';
import type { RequestOutline } from '../../core/protocol.ts';
import type { SideService } from '../../core/provider.ts';
import type { KeyValue } from '../../core/stores.ts';
import { refuseOwnUpstream } from '../../wire/codec/own-upstream.ts';
import { scanObject } from '../../wire/json-scan.ts';
import type { Exchange } from '../exchange.ts';
import { findAlias, mayUse, resolve } from '../resolve.ts';
import { isKeptId, type Reference } from './kept.ts';
import { isStored, STATEFUL, STORED } from './operations.ts';
import { aliasOfKeeper, later, look, notFound, outOfReach, pinHistory } from './pin.ts';
import { checkQuery } from './query.ts';

/** Keys whose meaning in a body without a model must not depend on its reader. */
const BODY_KEYS: readonly string[] = Object.freeze(['items', 'metadata']);
const EMPTY_OBJECT = new Uint8Array([0x7b, 0x7d]);

/**
 * Fills `model`, `alias`, `outline` and, where there is a body, `scan`. Null when there is nothing to wait for.
 * @throws GatewayError as `resolve` and `pinHistory` do; `stored-not-found`; `request-unsatisfiable` when no backend serves it
 */
export function prepareSide(exchange: Exchange, store: KeyValue): Promise<void> | null {
  const { operation } = exchange.call;
  if (isStored(operation)) return prepareStored(exchange, operation, store);
  resolve(exchange);
  exchange.outline = { ...exchange.outline!, stream: false, streamUsage: false };
  const pinning = exchange.protocol.id === STATEFUL ? pinHistory(exchange, store) : null;
  if (operation !== 'compact') return pinning;
  if (pinning !== null) return pinning.then(() => leadToServers(exchange, 'compact'));
  leadToServers(exchange, 'compact');
  return null;
}

function leadToServers(exchange: Exchange, service: SideService): void {
  const alias = exchange.alias!;
  const candidates = servers(alias, service);
  if (candidates.length === 0) throw unserved(exchange, service);
  exchange.alias = Object.freeze({ ...alias, candidates });
}

function prepareStored(exchange: Exchange, operation: StoredOperation, store: KeyValue): Promise<void> | null {
  const { call } = exchange;
  const { query, stream, model } = checkQuery(call.query, operation);
  exchange.query = query;
  exchange.outline = stream ? STREAMED : WHOLE;
  exchange.scan = scanObject(call.body.byteLength === 0 ? EMPTY_OBJECT : call.body, BODY_KEYS);
  refuseOwnUpstream(exchange.scan);
  if (operation === 'create-conversation') {
    chooseKeeper(exchange, model);
    return null;
  }
  const { kind, path } = STORED[operation];
  const ids = (call.target ?? '').split('/');
  const reference: Reference = { kind, id: ids[0]!, where: null };
  // whatever stands in the path stands in the upstream's too
  if (ids.length !== path.split('{').length - 1 || !ids.every(isKeptId)) throw notFound(reference);
  return later(look(exchange, store, reference), (kept) => {
    exchange.model = kept.model;
    exchange.alias = aliasOfKeeper(aliasBehind(exchange, kept.model, reference), kept, reference);
  });
}

const WHOLE: RequestOutline = Object.freeze({
  stream: false,
  streamUsage: false,
  maxOutputTokens: null,
  choices: 1,
  user: null,
  needs: 0,
});
const STREAMED: RequestOutline = Object.freeze({ ...WHOLE, stream: true, streamUsage: true });

/** The permission that holds for the model holds for what it made. */
function aliasBehind(exchange: Exchange, model: string, reference: Reference): ModelAlias {
  try {
    return findAlias(exchange.live.snapshot, exchange.caller, model);
  } catch {
    throw outOfReach(reference, 'This key may not use the model any more that made');
  }
}

/** A new conversation names no model: the query may, and where only one account keeps conversations there is no choice. */
function chooseKeeper(exchange: Exchange, named: string | null): void {
  const { snapshot } = exchange.live;
  if (named !== null) {
    exchange.model = named;
    exchange.alias = findAlias(snapshot, exchange.caller, named);
    return leadToServers(exchange, 'conversations');
  }
  const aliases = [...snapshot.aliases.values()].filter(
    (alias) => mayUse(exchange.caller, alias.id, alias) && servers(alias, 'conversations').length > 0,
  );
  const [first] = aliases;
  if (first === undefined) throw unserved(exchange, 'conversations');
  const accounts = aliases.flatMap((alias) => servers(alias, 'conversations').map(({ backend }) => backend.account));
  if (new Set(accounts).size > 1) {
    throw new GatewayError('missing-field', 'Several accounts behind this gateway keep conversations.', {
      where: 'model',
      hint: 'Say in the query which model the conversation is for: /v1/conversations?model=…',
    });
  }
  exchange.model = first.id;
  exchange.alias = Object.freeze({ ...first, candidates: servers(first, 'conversations') });
}

function servers(alias: ModelAlias, service: SideService): readonly Candidate[] {
  return alias.candidates.filter(({ backend }) => backend.serves.has(service));
}

function unserved({ model }: Exchange, service: SideService): GatewayError {
  const whose = model === null ? 'here' : `of model "${model.slice(0, 100)}"`;
  const what = service === 'compact' ? 'compacts conversations' : 'keeps conversations';
  return new GatewayError('request-unsatisfiable', `No backend ${whose} ${what}.`);
}
