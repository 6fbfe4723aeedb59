/** Turns the validated sections `backends`, `models` and `keys` into what the engine reads. */
import type { ArtifactUse } from '../core/artifact.ts';
import {
  Capability,
  type Backend,
  type Capabilities,
  type CapabilityName,
  type ModelAlias,
  type ModelPrice,
} from '../core/backend.ts';
import type { BookEntry, Catalogue, PriceBook } from '../core/catalogue.ts';
import type { BackendConfig, ModelConfig, PhaseConfig, WholeConfig, EvidenceConfig } from '../core/config.ts';
import type { Credential } from '../core/credential.ts';
import { isGatewayError } from '../core/gateway-error.ts';
import type { AuthScheme, SideService } from '../core/provider.ts';
import type { ProviderRegion } from '../core/provider-place.ts';
import type { Secret } from '../core/secret.ts';
import type { PhaseLimits } from '../core/transport.ts';
import { compileDialect } from './dialect.ts';
import { compileFacts } from './place/facts.ts';
import { placedAt, priceThere, regionOf, regionTerms } from './place/region.ts';
import type { PoolLimits } from './slot-pool.ts';
import { compileEgress } from './compile-egress.ts';
import type { KeyEntry } from './snapshot.ts';

/** What compiling needs from outside. */
export interface CompilePorts {
  readonly catalogue: Catalogue;
  /** null where prices were filled in at build time. */
  readonly priceBook: PriceBook | null;
  /** Digest over address and key of a backend, by its id. */
  readonly account: (id: string) => string;
  /** Resolves a secret reference as written in the file. */
  readonly secret: (reference: string) => Secret;
  /** Makes the credential of a scheme, bound to an origin; null where the scheme needs none. */
  readonly credential: (scheme: AuthScheme, secret: Secret, origin: string) => Credential | null;
}

/** The engine's part of a snapshot. */
export interface EngineSlice {
  readonly backends: readonly Backend[];
  /** By `Backend.pool`. */
  readonly pools: readonly PoolLimits[];
  readonly aliases: ReadonlyMap<string, ModelAlias>;
  readonly keys: ReadonlyMap<string, KeyEntry> | null;
  readonly answerBytes: number;
  readonly eventBytes: number;
  readonly origins: ReadonlySet<string> | null;
  readonly decisions: EvidenceConfig['decisions'];
}

/** A key that cannot be used; the message never shows it. */
export class BackendKeyError extends Error {
  /** Id of the backend. */
  readonly backend: string;
  readonly hint: string | null;

  constructor(backend: string, cause: Error) {
    super(cause.message.replace(/\.$/, '').replace(/^The /, 'the '));
    this.name = 'BackendKeyError';
    this.backend = backend;
    this.hint = isGatewayError(cause) ? cause.hint : null;
  }
}

/**
 * Compiles a configuration that passed every check.
 * @throws BackendKeyError
 */
export function compileEngine(whole: WholeConfig, ports: CompilePorts): EngineSlice {
  const pools = Object.entries(whole.pools ?? {});
  const backends = Object.entries(whole.backends).map(([id, config], index) => {
    const pool = pools.findIndex(([, { backends: members }]) => members.includes(id));
    const egress = compileEgress(config, whole.zones, ports.secret);
    const place = { id, index, pool: pool === -1 ? null : pool, egress };
    return compileBackend(place, pools[pool]?.[0] ?? null, config, whole, ports);
  });
  const byId = new Map(backends.map((backend) => [backend.id, backend]));
  const { limits, origins } = whole.gateway;
  return Object.freeze({
    backends: Object.freeze(backends),
    pools: pools.map(([id, { limit, queue }]) => ({
      id,
      slots: limit,
      maxWaitMs: queue.max_wait,
      maxWaiting: queue.max_depth,
    })),
    aliases: new Map(Object.entries(whole.models).map(([id, config]) => [id, compileAlias(id, config, byId)])),
    keys: compileKeys(whole),
    answerBytes: limits.answer,
    eventBytes: limits.event,
    origins: origins.length === 0 ? null : new Set(origins),
    decisions: whole.evidence?.decisions ?? 'off',
  });
}

function compileBackend(
  place: Pick<Backend, 'id' | 'index' | 'pool' | 'egress'>,
  poolId: string | null,
  config: BackendConfig,
  { gateway, trust }: Pick<WholeConfig, 'gateway' | 'trust'>,
  ports: CompilePorts,
): Backend {
  const { id } = place;
  const provider = ports.catalogue.get(config.provider)!;
  const region = regionOf(provider, config);
  const { url, model } = placedAt(provider, config, region);
  const origin = originOf(url);
  const account = ports.account(id);
  const known = ports.priceBook?.find(provider.id, config.model) ?? null;
  return Object.freeze({
    ...place,
    provider: provider.id,
    model,
    url,
    origin,
    dialect: compileDialect(provider, { model, account, id, output: config.reasoning ?? null }),
    account,
    serves: new Set(servedThere(provider.serves, region)),
    credential: config.key === undefined ? null : compileCredential(id, config.key, provider.auth, origin, ports),
    limits: compileLimits({ ...gateway.timeouts, ...defined(config.timeouts ?? {}) }),
    contextTokens: config.context ?? known?.contextTokens ?? null,
    maxOutputTokens: config.max_output ?? null,
    capabilities: compileCapabilities(config.capabilities ?? {}),
    facts: compileFacts(provider, region, config.facts, poolId),
    region: regionTerms(region),
    price: compilePrice(config, known, region),
    onDisconnect: provider.onDisconnect,
    artifact: artifactOf(config, trust),
  });
}

function artifactOf({ artifact: id }: BackendConfig, trust: WholeConfig['trust']): ArtifactUse | null {
  return id === undefined ? null : Object.freeze({ id, level: trust?.models[id]?.level ?? 'T0' });
}

/** Where a field of the message chooses the place, only messages go there: counting would carry the conversation anywhere. */
function servedThere(services: readonly SideService[] = [], region: ProviderRegion | null): readonly SideService[] {
  return region?.select.by === 'field' ? [] : services;
}

function compileCredential(
  id: string,
  key: string,
  auth: AuthScheme,
  origin: string,
  ports: CompilePorts,
): Credential | null {
  try {
    return ports.credential(auth, ports.secret(key), origin);
  } catch (cause) {
    throw cause instanceof Error ? new BackendKeyError(id, cause) : cause;
  }
}

/** Scheme, host and port; for schemes without an authority of their own (`embedded:`) the scheme and name. */
function originOf(url: string): string {
  const { origin, protocol, pathname } = new URL(url);
  return origin === 'null' ? `${protocol}${pathname.split('/')[0]}` : origin;
}

function compileLimits(timeouts: PhaseConfig): PhaseLimits {
  return Object.freeze({
    connectMs: timeouts.connect,
    headersMs: timeouts.headers,
    firstByteMs: timeouts.first_byte,
    idleMs: timeouts.idle,
    totalMs: timeouts.total,
  });
}

function compileCapabilities(stated: Readonly<Partial<Record<CapabilityName, boolean>>>): Capabilities {
  let present = 0;
  let absent = 0;
  for (const [name, value] of Object.entries(stated)) {
    const bit = Capability[name as CapabilityName];
    if (value === true) present |= bit;
    else if (value === false) absent |= bit;
  }
  return Object.freeze({ present, absent });
}

function compilePrice(
  { price, model }: BackendConfig,
  known: BookEntry | null,
  region: ProviderRegion | null,
): ModelPrice | null {
  if (price === undefined) return priceThere(known?.price ?? null, region, model);
  return Object.freeze({
    inputUsd: price.input ?? null,
    outputUsd: price.output ?? null,
    cachedInputUsd: price.cached_input ?? null,
    cacheWriteUsd: price.cache_write ?? null,
    source: price.source ?? 'configuration',
    asOf: price.as_of ?? null,
  });
}

function compileAlias(id: string, config: ModelConfig, backends: ReadonlyMap<string, Backend>): ModelAlias {
  return Object.freeze({
    id,
    candidates: Object.freeze(
      config.backends.map(({ id: name, weight }) => Object.freeze({ backend: backends.get(name)!, weight })),
    ),
    picker: config.pick,
    answer: config.answer,
  });
}

function compileKeys({ keys }: WholeConfig): ReadonlyMap<string, KeyEntry> | null {
  if (keys === null) return null;
  const entries = Object.entries(keys).map(([id, config]): [string, KeyEntry] => {
    const models = config.models === undefined ? null : new Set(config.models);
    const explain = config.permissions.includes('explain');
    return [config.hash.replace(/^sha256:/, '').toLowerCase(), { id, tenant: config.tenant ?? null, models, explain }];
  });
  return new Map(entries);
}

/** The object without its undefined properties, so that they do not hide defaults. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
