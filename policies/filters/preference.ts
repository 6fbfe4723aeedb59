/** What the client wants of backends, as a filter: it can only take away. */
import type { Backend } from '../../src/core/backend.ts';
import type { Filter, Rejection } from '../../src/core/policy.ts';
import type { Preference } from '../../src/core/preference.ts';
import { valueAt } from '../facts.ts';

/** The id under which wishes of the request appear in traces. */
export const PREFERENCE_ID = 'preference';

/** Rejects what the request does not want. */
export const preference: Filter = Object.freeze({
  id: PREFERENCE_ID,
  reject({ backend }, { preference: wishes, at }) {
    return wishes === undefined ? null : refusalOf(backend, wishes, at);
  },
} satisfies Filter);

/** True where a name in a list of the client means this backend. */
export function isNamed(backend: Backend, names: readonly string[]): boolean {
  return names.includes(backend.id.toLowerCase()) || names.includes(backend.provider);
}

function refusalOf(backend: Backend, wishes: Preference, at: number): Rejection | null {
  const { id, provider } = backend;
  if (wishes.backend !== null && wishes.backend !== id) return no('backend', wishes.backend, id);
  // it is told the wishes itself, and judges by what it knows of those behind it
  if (backend.dialect.takesPreferences === true) return null;
  for (const names of wishes.only) {
    if (!isNamed(backend, names)) return no('only', names.join(', '), `${id} of ${provider}`);
  }
  if (isNamed(backend, wishes.ignore))
    return no('ignore', `none of ${wishes.ignore.join(', ')}`, `${id} of ${provider}`);
  if (!wishes.fallbacks && wishes.order.length > 0 && !isNamed(backend, wishes.order)) {
    return no('order', wishes.order.join(', '), `${id} of ${provider}`);
  }
  return priceRefusal(backend, wishes) ?? retentionRefusal(backend, wishes, at) ?? unjudgedRefusal(wishes);
}

function priceRefusal({ price }: Backend, { maxInputUsd, maxOutputUsd }: Preference): Rejection | null {
  if (isAbove(price?.inputUsd ?? null, maxInputUsd)) {
    return no('max_price.prompt', `<= ${maxInputUsd}`, String(price?.inputUsd ?? 'unknown'));
  }
  if (!isAbove(price?.outputUsd ?? null, maxOutputUsd)) return null;
  return no('max_price.completion', `<= ${maxOutputUsd}`, String(price?.outputUsd ?? 'unknown'));
}

function isAbove(usd: number | null, limit: number | null): boolean {
  return limit !== null && (usd === null || usd > limit);
}

function retentionRefusal(
  { facts }: Backend,
  { zeroRetention, denyCollection }: Preference,
  at: number,
): Rejection | null {
  if (!zeroRetention && !denyCollection) return null;
  const days = valueAt(facts.get('retention_days'), at);
  if (days !== 0) return no('retention_days', '0', String(days ?? 'unknown'));
  const trains = valueAt(facts.get('trains_on_data'), at);
  return denyCollection && trains !== false ? no('trains_on_data', 'false', String(trains ?? 'unknown')) : null;
}

function unjudgedRefusal({ unjudged }: Preference): Rejection | null {
  return unjudged.length === 0 ? null : no(unjudged.join(', '), 'as asked', 'unknown');
}

function no(key: string, want: string, got: string): Rejection {
  return { id: PREFERENCE_ID, kind: 'request', key, want, got, scope: 'request', retryAfterMs: null };
}
