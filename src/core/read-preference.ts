/** Reads what a request wants of backends: OpenRouter's `provider` object in a body, and our header of the same words. */
import { GatewayError } from './gateway-error.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Preference, PreferenceSort } from './preference.ts';

/** The header with the wishes: `order=a,b; ignore=c; sort=price; zdr`. */
export const PREFER_HEADER = 'x-thalweg-prefer';

/** The header that names the one backend. */
export const BACKEND_HEADER = 'x-thalweg-backend';

const NOTHING: Preference = Object.freeze({
  order: [],
  only: [],
  ignore: [],
  sort: null,
  maxInputUsd: null,
  maxOutputUsd: null,
  zeroRetention: false,
  denyCollection: false,
  fallbacks: true,
  requireParameters: false,
  unjudged: [],
  backend: null,
});

/** Wishes about speed that only ever moved something to the back there. */
const SOFT = new Set(['preferred_min_throughput', 'preferred_max_latency']);
const SORTS: readonly PreferenceSort[] = ['price', 'latency', 'throughput'];
/** More names than a request can mean. */
const MAX_NAMES = 64;
const MAX_HEADER = 2048;

/**
 * Reads a `provider` object as OpenRouter documents it (https://openrouter.ai/docs/guides/routing/provider-selection).
 * @throws GatewayError `invalid-value`
 */
export function readProviderObject(value: Json): Preference {
  if (!isJsonObject(value)) throw fault('provider', 'an object');
  let wishes = NOTHING;
  for (const [key, field] of Object.entries(value)) {
    if (field !== null && field !== undefined && !SOFT.has(key)) wishes = withField(wishes, key, field, 'provider.');
  }
  return wishes;
}

/**
 * Reads the headers. null = they say nothing.
 * @throws GatewayError `invalid-value`
 */
export function readPreferHeaders(prefer: string | null, backend: string | null): Preference | null {
  if (prefer === null && backend === null) return null;
  let wishes: Preference = backend === null ? NOTHING : { ...NOTHING, backend };
  if (prefer === null) return wishes;
  if (prefer.length > MAX_HEADER) throw fault(PREFER_HEADER, `at most ${MAX_HEADER} characters`);
  for (const part of prefer.split(';')) {
    const [key = '', text] = part.split(/=(.*)/s).map((word) => word.trim());
    if (key !== '') wishes = withField(wishes, key, fromText(key, text), `${PREFER_HEADER} `);
  }
  return wishes;
}

/** Both together: every limit of either holds, and what the first wants first comes first. */
export function joinPreferences(first: Preference, second: Preference): Preference {
  return {
    order: [...first.order, ...second.order],
    only: [...first.only, ...second.only],
    ignore: [...first.ignore, ...second.ignore],
    sort: first.sort ?? second.sort,
    maxInputUsd: lower(first.maxInputUsd, second.maxInputUsd),
    maxOutputUsd: lower(first.maxOutputUsd, second.maxOutputUsd),
    zeroRetention: first.zeroRetention || second.zeroRetention,
    denyCollection: first.denyCollection || second.denyCollection,
    fallbacks: first.fallbacks && second.fallbacks,
    requireParameters: first.requireParameters || second.requireParameters,
    unjudged: [...first.unjudged, ...second.unjudged],
    backend: first.backend ?? second.backend,
  };
}

function withField(wishes: Preference, key: string, value: Json, where: string): Preference {
  const at = where + key;
  switch (key) {
    case 'order':
      return { ...wishes, order: namesOf(value, at) };
    case 'only':
      return { ...wishes, only: [...wishes.only, namesOf(value, at)] };
    case 'ignore':
      return { ...wishes, ignore: namesOf(value, at) };
    case 'sort':
      return { ...wishes, sort: sortOf(value, at) };
    case 'max_price':
      return withLimits(wishes, value, at);
    case 'zdr':
      return { ...wishes, zeroRetention: flagOf(value, at) };
    case 'data_collection':
      if (value !== 'allow' && value !== 'deny') throw fault(at, '"allow" or "deny"');
      return { ...wishes, denyCollection: value === 'deny' };
    case 'allow_fallbacks':
      return { ...wishes, fallbacks: flagOf(value, at) };
    case 'require_parameters':
      return { ...wishes, requireParameters: flagOf(value, at) };
    default:
      // what cannot be judged here is not met here
      return { ...wishes, unjudged: [...wishes.unjudged, key.slice(0, 64)] };
  }
}

function withLimits(wishes: Preference, value: Json, at: string): Preference {
  if (!isJsonObject(value)) throw fault(at, 'an object');
  const { prompt, completion, ...others }: JsonObject = value;
  return {
    ...wishes,
    maxInputUsd: limitOf(prompt, `${at}.prompt`),
    maxOutputUsd: limitOf(completion, `${at}.completion`),
    unjudged: [...wishes.unjudged, ...Object.keys(others).map((key) => `max_price.${key.slice(0, 64)}`)],
  };
}

function limitOf(value: Json | undefined, at: string): number | null {
  if (value === undefined || value === null) return null;
  const usd = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof usd !== 'number' || !(usd >= 0)) throw fault(at, 'USD per million tokens');
  return usd;
}

function sortOf(value: Json, at: string): PreferenceSort {
  const by = isJsonObject(value) ? value['by'] : value;
  const sort = SORTS.find((one) => one === by);
  if (sort === undefined) throw fault(at, `one of ${SORTS.join(', ')}`);
  return sort;
}

function namesOf(value: Json, at: string): readonly string[] {
  if (!isJsonArray(value) || value.length === 0 || value.length > MAX_NAMES) throw fault(at, 'a list of names');
  return value.map((name) => {
    if (typeof name !== 'string' || name === '') throw fault(at, 'a list of names');
    return name.toLowerCase();
  });
}

function flagOf(value: Json, at: string): boolean {
  if (typeof value !== 'boolean') throw fault(at, 'true or false');
  return value;
}

/** A word of the header as the JSON that the object would have. */
function fromText(key: string, text: string | undefined): Json {
  if (text === undefined || text === 'true') return true;
  if (text === 'false') return false;
  if (key === 'order' || key === 'only' || key === 'ignore') return text.split(',').map((name) => name.trim());
  if (key !== 'max_price') return text;
  const [prompt = '', completion] = text.split(',');
  return completion === undefined ? { prompt } : { prompt, completion };
}

function lower(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function fault(at: string, wanted: string): GatewayError {
  return new GatewayError('invalid-value', `"${at.slice(0, 100)}" must be ${wanted}.`, { where: at.slice(0, 100) });
}
