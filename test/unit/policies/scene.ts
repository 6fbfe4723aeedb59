/** A small world for policy tests: backends, aliases, facts and states with sensible defaults. */
import type { ArtifactUse } from '../../../src/core/artifact.ts';
import type {
  Backend,
  Candidate,
  Fact,
  FactKey,
  FactValue,
  ModelAlias,
  ModelPrice,
  PickerId,
} from '../../../src/core/backend.ts';
import type {
  ClassifyConfig,
  ConstraintConfig,
  DefaultsConfig,
  GatewayConfig,
  KeyConfig,
  PolicyTestConfig,
  RuleConfig,
  TenantConfig,
  WaiverConfig,
  WholeConfig,
} from '../../../src/core/config.ts';
import { UNCLASSIFIED } from '../../../src/core/data-class.ts';
import { NO_HEADERS } from '../../../src/core/headers.ts';
import { LatencyModel } from '../../../src/core/latency-model.ts';
import type { BackendState, PolicySnapshot, RequestFacts, StateView } from '../../../src/core/policy.ts';
import { plainDialect } from '../../../src/core/protocol.ts';
import { compilePolicy } from '../../../policies/index.ts';

const DIALECT = plainDialect('openai-chat');
const LIMITS = Object.freeze({ connectMs: 1, headersMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 });

export type Facts = Partial<Record<FactKey, FactValue | Fact>>;

/** What a test says of a backend; everything else is unknown. */
export interface BackendSketch {
  readonly id?: string;
  readonly facts?: Facts;
  readonly context?: number | null;
  readonly maxOutput?: number | null;
  readonly absent?: number;
  readonly pool?: number | null;
  readonly price?: Partial<ModelPrice> | null;
  readonly artifact?: ArtifactUse | null;
}

function isFact(value: FactValue | Fact): value is Fact {
  return typeof value === 'object' && 'grade' in value;
}

export function backendOf(index: number, sketch: BackendSketch = {}): Backend {
  const id = sketch.id ?? `b${index}`;
  const facts = new Map<FactKey, Fact>();
  for (const [key, value] of Object.entries(sketch.facts ?? {})) {
    facts.set(
      key as FactKey,
      isFact(value) ? value : { value, grade: 'declared', source: 'configuration', asOf: null },
    );
  }
  return Object.freeze({
    id,
    index,
    pool: sketch.pool ?? null,
    provider: 'openai-compatible',
    model: '*',
    url: `https://${id}.example/v1`,
    origin: `https://${id}.example`,
    egress: null,
    dialect: DIALECT,
    credential: null,
    account: id,
    serves: new Set<never>(),
    limits: LIMITS,
    contextTokens: sketch.context ?? null,
    maxOutputTokens: sketch.maxOutput ?? null,
    capabilities: { present: 0, absent: sketch.absent ?? 0 },
    facts,
    region: null,
    price: sketch.price ? priceOf(sketch.price) : null,
    onDisconnect: 'cancel',
    artifact: sketch.artifact ?? null,
  });
}

function priceOf(price: Partial<ModelPrice>): ModelPrice {
  return {
    inputUsd: null,
    outputUsd: null,
    cachedInputUsd: null,
    cacheWriteUsd: null,
    source: 'configuration',
    asOf: '2026-11-01',
    ...price,
  };
}

export function backendsOf(...sketches: readonly BackendSketch[]): Backend[] {
  return sketches.map((sketch, index) => backendOf(index, sketch));
}

export function aliasOf(
  backends: readonly Backend[],
  picker: PickerId = 'ordered',
  weights: readonly number[] = [],
  id = 'assistant',
): ModelAlias {
  const candidates: Candidate[] = backends.map((backend, i) => ({ backend, weight: weights[i] ?? 1 }));
  return Object.freeze({ id, candidates, picker, answer: 'asked' });
}

export function factsOf(alias: ModelAlias, own: Partial<RequestFacts> = {}): RequestFacts {
  return {
    requestId: 'req-1',
    at: 1_795_428_000_000,
    surface: 'openai-chat',
    model: alias.id,
    alias,
    stream: false,
    inputTokens: 100,
    maxOutputTokens: null,
    choices: 1,
    needs: 0,
    bodyBytes: 400,
    user: null,
    key: null,
    tenant: null,
    headers: NO_HEADERS,
    data: UNCLASSIFIED,
    ...own,
  };
}

export const WELL: BackendState = Object.freeze({
  breaker: 'closed',
  probeAtTick: 0,
  probing: false,
  parkedUntilTick: 0,
  parkedBecause: null,
  inFlight: 0,
  latency: new LatencyModel(),
});

export function stateOf(count: number, own: Readonly<Record<number, Partial<BackendState>>> = {}): StateView {
  return {
    tick: 1000,
    at: 1_795_428_000_000,
    backends: Array.from({ length: count }, (_, i) => ({ ...WELL, ...own[i] })),
    pools: [],
    missUsd: [],
  };
}

/** The sections that policies read; the rest of the file as a small gateway has it. */
export interface Sections {
  readonly defaults?: Partial<DefaultsConfig>;
  readonly classify?: readonly ClassifyConfig[];
  readonly constraints?: readonly ConstraintConfig[];
  readonly tenants?: Readonly<Record<string, TenantConfig>>;
  readonly waivers?: readonly WaiverConfig[];
  readonly gateway?: Partial<GatewayConfig>;
  readonly rules?: readonly RuleConfig[];
  readonly zones?: Readonly<Record<string, readonly string[]>>;
  readonly tests?: readonly PolicyTestConfig[];
  readonly keys?: Readonly<Record<string, KeyConfig>>;
  readonly backends?: readonly Backend[];
  readonly aliases?: readonly ModelAlias[];
}

export function wholeOf(sections: Sections = {}): WholeConfig {
  const backends = sections.backends ?? [];
  const aliases = sections.aliases ?? (backends.length > 0 ? [aliasOf(backends)] : []);
  return {
    version: 1,
    gateway: {
      listen: '127.0.0.1:8080',
      admin: '127.0.0.1:8081',
      countries: [],
      lossy: 'warn',
      open: false,
      hosts: [],
      origins: [],
      limits: { body: 1, answer: 1, event: 1 },
      timeouts: { connect: 1, headers: 1, first_byte: 1, idle: 1, total: 1 },
      grace: 1,
      ...sections.gateway,
    },
    zones: sections.zones ?? {},
    backends: Object.fromEntries(
      backends.map(({ id, provider, model, facts, artifact }) => [
        id,
        {
          provider,
          model,
          facts: Object.fromEntries([...facts].map(([key, { value }]) => [key, value])),
          ...(artifact == null ? {} : { artifact: artifact.id }),
        },
      ]),
    ),
    models: Object.fromEntries(
      aliases.map(({ id, candidates, picker, answer }) => [
        id,
        { backends: candidates.map(({ backend, weight }) => ({ id: backend.id, weight })), pick: picker, answer },
      ]),
    ),
    defaults: { class: 'internal', on_error: 'deny', scan: 1_048_576, ...sections.defaults },
    classify: sections.classify ?? [],
    constraints: sections.constraints ?? [],
    tenants: sections.tenants ?? {},
    waivers: sections.waivers ?? [],
    rules: sections.rules ?? [],
    keys: sections.keys ?? null,
    telemetry: { log: 'off', metrics: false, content: 'never' },
    tests: sections.tests ?? [],
  };
}

export const DIGEST = `sha256:${'0'.repeat(64)}`;
export const CATALOGUE = `sha256:${'c'.repeat(64)}`;

export function policyOf(backends: readonly Backend[], sections: Sections = {}): PolicySnapshot {
  const aliases = sections.aliases ?? [aliasOf(backends)];
  return compilePolicy({
    whole: wholeOf({ ...sections, backends, aliases }),
    backends,
    aliases: new Map(aliases.map((alias) => [alias.id, alias])),
    digest: DIGEST,
    catalogue: CATALOGUE,
  });
}
