/** Step 2: which model is asked for, what does the request need, and what does the name stand for here? */
import type { ModelAlias } from '../core/backend.ts';
import { nearestFew } from '../core/edit-distance.ts';
import { GatewayError } from '../core/gateway-error.ts';
import { missing } from '../wire/codec/field.ts';
import { scanObject } from '../wire/json-scan.ts';
import type { Exchange } from './exchange.ts';
import type { KeyEntry, Snapshot } from './snapshot.ts';

/** Names that may travel on: no spaces, no controls, no path tricks. */
const MODEL_NAME = /^(?!.*(?:\.\.|\/\/))[A-Za-z0-9@][A-Za-z0-9._:/@+~-]{0,255}$/;

/**
 * Scans the body, reads the outline and finds the alias; fills `scan`, `outline`, `model` and `alias`.
 * @throws GatewayError for a body that cannot be judged, and `model-not-found` with the nearest names
 */
export function resolve(exchange: Exchange): void {
  const { call, protocol, live } = exchange;
  const scan = scanObject(call.body, protocol.policyKeys);
  const model = scan.value('model');
  if (model === undefined) {
    throw missing('model', 'one of the names that GET /v1/models lists');
  }
  if (typeof model !== 'string' || model === '') {
    throw new GatewayError('invalid-value', '`model` must be text, and not empty.', {
      where: 'model',
      hint: 'Send one of the names that GET /v1/models lists.',
    });
  }
  exchange.scan = scan;
  exchange.alias = findAlias(live.snapshot, exchange.caller, model);
  exchange.model = model;
  exchange.outline = protocol.outline(scan);
}

/**
 * The alias behind a name, as far as the caller may use it.
 * @throws GatewayError `model-not-found`
 */
export function findAlias(snapshot: Snapshot, caller: KeyEntry | null, model: string): ModelAlias {
  const alias = snapshot.aliases.get(model) ?? (MODEL_NAME.test(model) ? snapshot.aliases.get('*') : undefined);
  if (alias !== undefined && mayUse(caller, model, alias)) return alias;
  const nearest = nearestFew(model.slice(0, 128), listedModels(snapshot, caller), 3);
  const shown = JSON.stringify(model.length > 128 ? `${model.slice(0, 128)}…` : model);
  const hint =
    nearest.length === 0 ? undefined : `Did you mean ${nearest.map((name) => JSON.stringify(name)).join(' or ')}?`;
  throw new GatewayError('model-not-found', `The model ${shown} is not configured here.`, {
    where: 'model',
    facts: { nearest },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The names a caller may ask for, without the catch-all. */
export function listedModels(snapshot: Snapshot, caller: KeyEntry | null): string[] {
  return [...snapshot.aliases.values()]
    .filter((alias) => alias.id !== '*' && mayUse(caller, alias.id, alias))
    .map((alias) => alias.id);
}

/** True when the caller may ask for `model`, which `alias` answers. */
export function mayUse(caller: KeyEntry | null, model: string, alias: ModelAlias): boolean {
  const models = caller?.models ?? null;
  return models === null || models.has(model) || models.has(alias.id);
}
