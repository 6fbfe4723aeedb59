/** The composition root: compiled slices and ports become the engine and the Hono apps in front of it. */
import { Hono } from 'hono';
import { compilePolicy, explain, plan, recheck, witness } from '../policies/index.ts';
import { catalogue } from '../providers/index.ts';
import { mountChatCompletions } from '../routes/chat-completions.ts';
import { mountPreflight } from '../routes/cors.ts';
import { mountExplain } from '../routes/explain.ts';
import { mountHealth, mountReadiness } from '../routes/health.ts';
import { mountMessages } from '../routes/messages.ts';
import { mountMetrics } from '../routes/metrics.ts';
import { mountModels } from '../routes/models.ts';
import { mountNotFound } from '../routes/not-found.ts';
import { mountResponses } from '../routes/responses.ts';
import { mountStored } from '../routes/stored.ts';
import { mountTrust } from '../routes/trust.ts';
import type { ArtifactLeases } from './core/artifact.ts';
import type { PriceBook, Protocols } from './core/catalogue.ts';
import type { Clock, Random } from './core/clock.ts';
import type { TelemetryConfig, WholeConfig } from './core/config.ts';
import type { Credential } from './core/credential.ts';
import type { Digest } from './core/digest.ts';
import type { FrontDoor, Operations } from './core/gateway.ts';
import type { AuthScheme } from './core/provider.ts';
import type { Secret } from './core/secret.ts';
import type { KeyValue } from './core/stores.ts';
import type { Transport } from './core/transport.ts';
import { canonicalJson } from './config/canonical.ts';
import type { PathPattern } from './config/path.ts';
import { redactSecrets } from './config/secret.ts';
import { createStaticCredential } from './credentials/static.ts';
import { compileEngine } from './engine/compile.ts';
import { createEngine, type Engine } from './engine/gateway.ts';
import type { Live } from './engine/live.ts';
import type { Snapshot } from './engine/snapshot.ts';
import { anthropicMessages } from './protocols/anthropic-messages/index.ts';
import { openaiChat } from './protocols/openai-chat/index.ts';
import { openaiResponses } from './protocols/openai-responses/index.ts';
import {
  createAccessLog,
  createGenAiMetricsReader,
  createMetrics,
  createRing,
  createSpanReader,
  type Load,
  type Ring,
} from './telemetry/index.ts';

/** Every codec. */
export const protocols: Protocols = new Map(
  [openaiChat, openaiResponses, anthropicMessages].map((protocol) => [protocol.id, protocol]),
);

/** What compiling a configuration needs from the runtime. */
export interface SnapshotPorts {
  readonly digest: Digest;
  readonly secret: (reference: string) => Secret;
  /** null where prices were filled in at build time. */
  readonly priceBook: PriceBook | null;
}

/** Texts, or the digests of texts, of what identifies a configuration. */
export interface SnapshotIdentity {
  /** Over the sections that decisions depend on. */
  readonly policy: string;
  /** Over the whole configuration. */
  readonly whole: string;
  /** Over what the catalogue and the price book say of its backends. */
  readonly catalogue: string;
  /** Per backend, over its address and its key as configured: who keeps state for us there. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** Compiles a checked configuration. Rejects when a secret cannot be resolved. */
export async function compileSnapshot(whole: WholeConfig, ports: SnapshotPorts): Promise<Snapshot> {
  const texts = identityOf(whole, ports.priceBook);
  const [policy, all] = [await ports.digest.sha256(texts.policy), await ports.digest.sha256(texts.whole)];
  const known = await ports.digest.sha256(texts.catalogue);
  const accounts = new Map<string, string>();
  for (const [id, text] of texts.accounts) accounts.set(id, await ports.digest.sha256(text));
  return assembleSnapshot(whole, ports, { policy, whole: all, catalogue: known, accounts });
}

/** Enough to tell accounts apart. */
const ACCOUNT_DIGITS = 32;

/** Where secrets stand in a configuration: a digest that the world sees must not depend on them. */
const SECRETS: readonly PathPattern[] = [
  ['backends', '*', 'key'],
  ['backends', '*', 'tls', 'key'],
];

/**
 * The texts whose SHA-256 identifies a configuration, its policy and its accounts; secrets that are written out are left out of the first
 * two.
 */
export function identityOf(configured: WholeConfig, priceBook: PriceBook | null): SnapshotIdentity {
  const whole = redactSecrets(configured, SECRETS) as WholeConfig;
  const { zones, backends, models, pools, defaults, classify, constraints, rules, trust } = whole;
  const keys = Object.entries(whole.keys ?? {}).map(([id, key]) => [
    id,
    key.tenant ?? null,
    key.class ?? null,
    key.labels ?? [],
    key.constraints ?? [],
  ]);
  const { tenants = {}, waivers = [], gateway } = whole;
  const { countries, regions = {} } = gateway;
  const accounts = Object.entries(configured.backends).map(
    ([id, { provider, url, region, binding, key }]): [string, string] => [
      id,
      canonicalJson([
        provider,
        url ?? null,
        ...(region === undefined ? [] : [region]),
        ...(binding === undefined ? [] : [{ binding }]),
        key ?? null,
      ]),
    ],
  );
  return {
    policy: canonicalJson({
      zones,
      backends,
      models,
      ...(pools === undefined ? {} : { pools }),
      keys,
      defaults,
      classify,
      constraints,
      tenants,
      waivers,
      gateway: { countries, regions },
      rules,
      ...(trust === undefined ? {} : { trust }),
    }),
    whole: canonicalJson(whole),
    catalogue: canonicalJson(knownOf(backends, priceBook)),
    accounts: new Map(accounts),
  };
}

/** The rows and the published prices that these backends go by; nothing of the file. */
function knownOf(backends: WholeConfig['backends'], priceBook: PriceBook | null): object {
  const configs = Object.values(backends);
  const find = ({ provider, model }: (typeof configs)[number]) => priceBook?.find(provider, model) ?? null;
  return {
    providers: Object.fromEntries(configs.map(({ provider }) => [provider, catalogue.get(provider)])),
    prices: Object.fromEntries(configs.map((config) => [`${config.provider} ${config.model}`, find(config)])),
  };
}

/**
 * Compiles a checked configuration whose digests (64 hexadecimal digits) are known.
 * @throws Error as `ports.secret` does, and GatewayError when a secret cannot be sent as a header
 */
export function assembleSnapshot(
  whole: WholeConfig,
  { priceBook, secret }: Omit<SnapshotPorts, 'digest'>,
  digests: SnapshotIdentity,
): Snapshot {
  const slice = compileEngine(whole, {
    catalogue,
    priceBook,
    account: (id) => digests.accounts.get(id)!.slice(0, ACCOUNT_DIGITS),
    secret,
    credential: credentialOf,
  });
  const { backends, aliases } = slice;
  const policy = compilePolicy({
    whole,
    backends,
    aliases,
    digest: `sha256:${digests.policy}`,
    catalogue: `sha256:${digests.catalogue}`,
  });
  return Object.freeze({ ...slice, policy, digest: `sha256:${digests.whole}` });
}

function credentialOf(scheme: AuthScheme, secret: Secret, origin: string): Credential | null {
  return scheme.type === 'none' ? null : createStaticCredential(scheme, secret, origin);
}

/** What an app needs from the runtime. */
export interface AppPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly digest: Digest;
  readonly transport: Transport;
  readonly store: KeyValue;
  readonly door: FrontDoor;
  /** Whoever verifies the files of models; absent or null = nobody, and backends that need it stay out. */
  readonly artifacts?: (ArtifactLeases & { status(): readonly object[] }) | null;
  /** Writes log lines; false = full, call `App.logDrained` when there is room. */
  readonly log: (chunk: string) => boolean;
  /** Runs `f` soon, off the request path. */
  readonly schedule: (f: () => void) => void;
  readonly version: string;
}

/** A gateway without its listeners. */
export interface App {
  /** The clients' side. */
  readonly front: Hono;
  /** The operators' side: readiness and metrics. */
  readonly admin: Hono;
  readonly engine: Engine;
  readonly ring: Ring;
  readonly operations: Operations;
  logDrained(): void;
  /** Puts another configuration into service. */
  install(snapshot: Snapshot, telemetry: TelemetryConfig): void;
}

/** How many events wait for slow readers. */
const RING_CAPACITY = 8192;

/** Builds the app over its first snapshot. */
export function createApp(first: Snapshot, telemetry: TelemetryConfig, ports: AppPorts): App {
  const about = { version: ports.version };
  const log = createAccessLog({ level: telemetry.log, write: ports.log });
  const metrics = createMetrics({
    version: ports.version,
    isModel: (name) => engine.live().snapshot.aliases.has(name),
    load: () => loadOf(engine.live()),
  });
  const readers = [
    log,
    ...(telemetry.metrics ? [metrics.reader] : []),
    createSpanReader(about),
    createGenAiMetricsReader(about),
  ];
  const ring = createRing({ capacity: RING_CAPACITY, readers, schedule: ports.schedule });
  const engine: Engine = createEngine({ ...ports, protocols, plan, recheck, explain, witness, recorder: ring }, first);
  const operations: Operations = {
    metrics() {
      ring.flush();
      return metrics.text(ring);
    },
    ready: () => engine.ready(),
    trust: () => ({ models: JSON.parse(JSON.stringify(ports.artifacts?.status() ?? [])) }),
  };
  return {
    front: createFront(engine, ports.door),
    admin: createAdmin(operations),
    engine,
    ring,
    operations,
    logDrained() {
      log.drained();
      ring.flush();
    },
    install(snapshot, next) {
      engine.install(snapshot);
      log.setLevel(next.log);
    },
  };
}

function loadOf({ snapshot: { backends }, board: { figures, pools } }: Live): Load {
  return { backends: backends.map(({ id, index }) => ({ id, running: figures[index]!.inFlight })), pools };
}

function createFront(engine: Engine, door: FrontDoor): Hono {
  const app = new Hono();
  const desk = { gateway: engine, door };
  mountPreflight(app, () => engine.live().snapshot.origins);
  mountChatCompletions(app, desk);
  mountResponses(app, desk);
  mountStored(app, desk);
  mountMessages(app, desk);
  mountModels(app, desk);
  mountExplain(app, desk);
  mountHealth(app);
  mountNotFound(app, desk);
  return app;
}

function createAdmin(operations: Operations): Hono {
  const app = new Hono();
  mountHealth(app);
  mountReadiness(app, operations);
  mountMetrics(app, operations);
  mountTrust(app, operations);
  return app;
}
