/** The Node entry point: chooses the ports, opens both listeners, reloads, and stops without breaking answers. */
import type { AddressInfo } from 'node:net';
import { bearsOnPolicy, findFailedTests, lintPolicy, permitProbe } from '../policies/index.ts';
import { assembleSnapshot, createApp, identityOf, type App } from './app.ts';
import { ConfigError, type Skipped } from './config/config-error.ts';
import type { JudgedConfig, LoadedConfig, RefusedConfig } from './config/load.ts';
import { inOrder, type PlacedFinding } from './config/place.ts';
import type { PriceBook } from './core/catalogue.ts';
import type { ConfigFinding, WholeConfig } from './core/config.ts';
import type { NoticeRecord } from './core/recorder.ts';
import type { Secret } from './core/secret.ts';
import type { Transport } from './core/transport.ts';
import { VERSION } from './core/version.ts';
import { nodeDigest } from './crypto/node/digest.ts';
import { createHandbookEngine } from './embedded/node/handbook.ts';
import { createEmbeddedTransport, EMBEDDED_SCHEME } from './embedded/transport.ts';
import { bindingsOnNode } from './engine/check-binding.ts';
import { BackendKeyError } from './engine/compile.ts';
import type { Snapshot } from './engine/snapshot.ts';
import { createNodeServer, type DrainReport, type NodeServer } from './server/node/listen.ts';
import { createNodeDoor } from './server/node/index.ts';
import { createWebDoor } from './server/web/index.ts';
import { createMemoryStore } from './state/memory.ts';
import { createSystemRandom, systemClock } from './system.ts';
import { transportByScheme } from './transport/by-scheme.ts';
import { createNodeTransport } from './transport/node/index.ts';
import { createAskServer } from './trust/ask-server.ts';
import { compileTrust } from './trust/compile.ts';
import { checkTrustFiles } from './trust/node/check-files.ts';
import { createArtifactKeeper, type ArtifactKeeper } from './trust/node/artifact-keeper.ts';
import { verifyProjectModel } from './trust/project-model.ts';
import type { ArtifactStatus } from './trust/status.ts';

/** Where log lines go; a Node writable stream is one. */
export interface LogSink {
  write(chunk: string): boolean;
  once(event: 'drain', f: () => void): unknown;
}

/** What compiling takes from outside. */
export interface CompileOptions {
  /** Resolves a secret reference as written in the file. */
  readonly secret: (reference: string) => Secret;
  readonly priceBook: PriceBook | null;
  /** Where the paths of the section `trust` start; absent = the working directory. */
  readonly folder?: string;
  /** What is compiled is for a worker: it may name what only workers have. */
  readonly isForWorker?: boolean;
}

/** What a server is started with. */
export interface NodeOptions extends CompileOptions {
  /** A configuration that passed every check. */
  readonly whole: WholeConfig;
  readonly log: LogSink;
  readonly version: string;
}

/** A server that runs. */
export interface NodeGateway {
  /** `http://host:port` of both listeners, with the ports that were really given. */
  readonly url: string;
  readonly adminUrl: string;
  readonly app: App;
  /**
   * Puts another configuration into service; requests under way keep theirs. Returns the fields that only a restart changes.
   * Rejects, and changes nothing, when it does not compile.
   */
  reload(whole: WholeConfig): Promise<readonly string[]>;
  /** Writes a line for the operator into the log. */
  notice(level: NoticeRecord['level'], name: string, message: string): void;
  /** Readiness off, no new connections; answers finish within the grace time, the rest get an honest end. */
  stop(graceMs?: number): Promise<DrainReport>;
}

/** How long records may wait for company before they are written; what waits at a stop is written then. */
const FLUSH_MS = 50;

/** How many ids of stored responses and conversations one process remembers; a full map takes about 35 MB. */
const MAX_KEPT = 200_000;

/** The transport of a process, with the model that Thalweg brings along. */
interface ProcessTransport extends Transport {
  /** Loads the model now if a backend of the snapshot is it. Rejects with TrustError or ArtifactError when its file is not sound. */
  prepare(snapshot: Snapshot): Promise<void>;
}

function createTransport(whole: WholeConfig): ProcessTransport {
  const handbook = createHandbookEngine(verifyProjectModel);
  const embedded = createEmbeddedTransport({
    engines: { handbook },
    clock: systemClock,
    random: createSystemRandom(),
  });
  const http = createNodeTransport({ clock: systemClock, maxAnswerBytes: whole.gateway.limits.answer });
  return {
    ...transportByScheme({ [EMBEDDED_SCHEME]: embedded }, http),
    async prepare({ backends }) {
      if (backends.some(({ url }) => url.startsWith(EMBEDDED_SCHEME))) await handbook.load();
    },
  };
}

/** The artifacts of a process; `app` is asked only once it is there. */
function createKeeper(transport: Transport, app: () => App): ArtifactKeeper {
  const ask = createAskServer(transport, (backend) => permitProbe(app().engine.live().snapshot.policy, backend));
  const onWarning = (message: string): void =>
    app().ring.record({ type: 'notice', at: systemClock.now(), level: 'warn', name: 'digest-cache', message });
  return createArtifactKeeper({ clock: systemClock, ask, onWarning, record: (event) => app().ring.record(event) });
}

/** What a configuration puts under guard. */
function keptBy(whole: WholeConfig, { backends }: Snapshot, folder: string): Parameters<ArtifactKeeper['install']>[0] {
  const { cache = null, rate = null } = whole.trust ?? {};
  return { terms: compileTrust(whole), backends, folder, cache, bytesPerSecond: rate };
}

/** Compiles a checked configuration at once. Throws when a secret cannot be resolved. */
export function compileOnNode(whole: WholeConfig, options: CompileOptions): Snapshot {
  const texts = identityOf(whole, options.priceBook);
  return assembleSnapshot(whole, options, {
    policy: nodeDigest.sha256(texts.policy),
    whole: nodeDigest.sha256(texts.whole),
    catalogue: nodeDigest.sha256(texts.catalogue),
    accounts: new Map([...texts.accounts].map(([id, text]) => [id, nodeDigest.sha256(text)])),
  });
}

/**
 * Compiles a loaded configuration, runs the tests that it brings and lints its policy; `warn` gets what is no reason to refuse it.
 * @throws ConfigError with every key that cannot be used, every test that does not hold and everything that cannot be meant
 */
export function proveOnNode(
  loaded: LoadedConfig,
  options: CompileOptions,
  warn: (findings: readonly PlacedFinding[]) => void = () => {},
): Snapshot {
  return take(prove(loaded, options, []), loaded, warn);
}

/**
 * The same, and looks whether the files that the section `trust` names are there, from `options.folder` on.
 * @throws ConfigError with every key, chain or trusted root that cannot be used as well
 */
export async function proveWithFiles(
  loaded: LoadedConfig,
  options: CompileOptions,
  warn: (findings: readonly PlacedFinding[]) => void,
): Promise<Snapshot> {
  return take(prove(loaded, options, await lookForFiles(loaded, options)), loaded, warn);
}

const BLIND: Skipped = Object.freeze({ tests: 0, lints: true, checks: true });

/** Why a configuration is refused: what loading found, and what can be known of the rest of it besides. */
export function refusalOf({ rest, findings }: RefusedConfig, options: CompileOptions): ConfigError {
  return rest === null ? new ConfigError(findings, BLIND) : refuse(prove(rest, options, []), findings);
}

/** The same, and what is wrong with the files that the section `trust` names. */
export async function refusalWithFiles(
  { rest, findings }: RefusedConfig,
  options: CompileOptions,
): Promise<ConfigError> {
  if (rest === null) return new ConfigError(findings, BLIND);
  return refuse(prove(rest, options, await lookForFiles(rest, options)), findings);
}

/** What stages after loading made of a configuration. */
interface Proof {
  /** null where something that compiling needs is wrong. */
  readonly snapshot: Snapshot | null;
  readonly found: readonly PlacedFinding[];
  readonly skipped: Skipped;
}

function take(proof: Proof, { warnings }: LoadedConfig, warn: (findings: readonly PlacedFinding[]) => void): Snapshot {
  const { snapshot, found } = proof;
  if (snapshot === null || found.some(({ level }) => level === 'error')) throw refuse(proof, warnings);
  if (found.length > 0) warn(found);
  return snapshot;
}

function refuse({ found, skipped }: Proof, before: readonly PlacedFinding[]): ConfigError {
  return new ConfigError(inOrder([...before, ...found]), skipped);
}

/** Tests and lints speak only of a policy as it is meant: where an error may have changed it they are left. */
function prove(judged: JudgedConfig, options: CompileOptions, files: readonly ConfigFinding[]): Proof {
  const { whole, faults, isSound, place } = judged;
  const isMeant = !faults.some(bearsOnPolicy);
  const { snapshot, badKeys } = compileKeyless(isMeant ? whole : withoutPolicy(judged), options);
  const isRun = (index: number): boolean => isMeant && isSound(['tests', index]);
  const skipped = {
    tests: whole.tests.filter((_test, index) => !isRun(index)).length,
    // a test may say that a refusal is meant
    lints: !isMeant || !isSound(['tests']),
    checks: false,
  };
  const found = [
    ...files,
    ...badKeys,
    ...(options.isForWorker === true ? [] : bindingsOnNode(whole)),
    ...(isMeant ? findFailedTests(whole, snapshot.policy, isRun) : []),
    ...(skipped.lints ? [] : lintPolicy(whole, snapshot.policy, systemClock.now())),
  ];
  return { snapshot: isMeant && badKeys.length === 0 ? snapshot : null, found: place(found), skipped };
}

/** Compiles a configuration without the keys that cannot be used, which it names. */
function compileKeyless(
  configured: WholeConfig,
  options: CompileOptions,
): { readonly snapshot: Snapshot; readonly badKeys: readonly ConfigFinding[] } {
  const badKeys: ConfigFinding[] = [];
  for (let whole = configured; ;) {
    try {
      return { snapshot: compileOnNode(whole, options), badKeys };
    } catch (error) {
      if (!(error instanceof BackendKeyError)) throw error;
      const { backend: id, message, hint } = error;
      badKeys.push({
        at: ['backends', id, 'key'],
        code: 'bad-secret',
        message,
        ...(hint === null ? {} : { fix: hint }),
      });
      whole = { ...whole, backends: { ...whole.backends, [id]: { ...whole.backends[id]!, key: undefined } } };
    }
  }
}

/** What compiles whatever is wrong elsewhere: the backends in which nothing is. */
function withoutPolicy({ whole, isSound }: JudgedConfig): WholeConfig {
  const backends = Object.entries(whole.backends).filter(([id]) => isSound(['backends', id]));
  const none = { zones: {}, models: {}, pools: {}, classify: [], constraints: [], rules: [], tenants: {}, waivers: [] };
  return { ...whole, ...none, keys: null, tests: [], backends: Object.fromEntries(backends) };
}

/** Of the artifacts in which nothing else is wrong. */
function lookForFiles(
  { whole, isSound }: JudgedConfig,
  { folder = '.' }: CompileOptions,
): Promise<readonly ConfigFinding[]> {
  const { trust } = whole;
  if (trust === undefined) return Promise.resolve([]);
  const models = Object.entries(trust.models).filter(([id]) => isSound(['trust', 'models', id]));
  return checkTrustFiles({ ...whole, trust: { ...trust, models: Object.fromEntries(models) } }, folder);
}

/** A gateway in this process that nobody listens for. */
export interface LocalGateway {
  readonly app: App;
  /** Loads and verifies now what the first request needs. Rejects with ArtifactError when an embedded model is not sound. */
  prepare(): Promise<void>;
  /** Verifies every artifact that a backend names, once, and says what was found. */
  verifyArtifacts(): Promise<readonly ArtifactStatus[]>;
  /** Refuses new requests, lets upstream connections finish, and ends. */
  close(): Promise<void>;
}

/** Makes a gateway whose apps take Web requests; `log` takes whole lines, null = nothing is logged. */
export function createLocalGateway(
  snapshot: Snapshot,
  whole: WholeConfig,
  log: ((lines: string) => void) | null,
  folder = '.',
): LocalGateway {
  const transport = createTransport(whole);
  const artifacts = createKeeper(transport, () => app);
  artifacts.install(keptBy(whole, snapshot, folder));
  const { limits, hosts } = whole.gateway;
  const app: App = createApp(snapshot, log === null ? { ...whole.telemetry, log: 'off' } : whole.telemetry, {
    clock: systemClock,
    random: createSystemRandom(),
    digest: nodeDigest,
    transport,
    store: createMemoryStore({ clock: systemClock, maxEntries: MAX_KEPT }),
    door: createWebDoor({ clock: systemClock, limits, hosts }),
    artifacts,
    log: (lines) => (log?.(lines), true),
    schedule: (f) => void setImmediate(f),
    version: VERSION,
  });
  return {
    app,
    async prepare() {
      await Promise.all([transport.prepare(snapshot), artifacts.settled()]);
    },
    async verifyArtifacts() {
      await artifacts.settled();
      return artifacts.status();
    },
    async close() {
      app.engine.drain();
      artifacts.close();
      await transport.close();
      app.ring.close();
    },
  };
}

/**
 * Starts both listeners. Rejects when an address cannot be had, the configuration does not compile, or a model that it names
 * cannot be loaded.
 */
export async function startNode(options: NodeOptions): Promise<NodeGateway> {
  let { whole } = options;
  const { gateway } = whole;
  const transport = createTransport(whole);
  const first = compileOnNode(whole, options);
  await transport.prepare(first);
  const artifacts = createKeeper(transport, () => app);
  const folder = options.folder ?? '.';
  artifacts.install(keptBy(whole, first, folder));
  const app: App = createApp(first, whole.telemetry, {
    clock: systemClock,
    random: createSystemRandom(),
    digest: nodeDigest,
    transport,
    store: createMemoryStore({ clock: systemClock, maxEntries: MAX_KEPT }),
    door: createNodeDoor({ clock: systemClock, limits: gateway.limits, hosts: gateway.hosts }),
    artifacts,
    log: (chunk) => options.log.write(chunk) || (options.log.once('drain', () => app.logDrained()), false),
    schedule: (f) => setTimeout(f, FLUSH_MS).unref(),
    version: options.version,
  });
  const front = createNodeServer({ clock: systemClock, fetch: app.front.fetch, cut: () => app.engine.cutShort() });
  const admin = createNodeServer({ clock: systemClock, fetch: app.admin.fetch });
  const abandon = async (cause: unknown): Promise<never> => {
    artifacts.close();
    await front.drain(0);
    await transport.close();
    throw cause;
  };
  const url = await open(front, gateway.listen).catch(abandon);
  const adminUrl = await open(admin, gateway.admin).catch(abandon);
  const notice = (level: NoticeRecord['level'], name: string, message: string): void =>
    app.ring.record({ type: 'notice', at: systemClock.now(), level, name, message });
  return {
    url,
    adminUrl,
    app,
    notice,
    async reload(next) {
      const snapshot = compileOnNode(next, options);
      await transport.prepare(snapshot);
      artifacts.install(keptBy(next, snapshot, folder));
      app.install(snapshot, next.telemetry);
      const fixed = fixedAtStart(whole, next);
      whole = next;
      return fixed;
    },
    async stop(graceMs = whole.gateway.grace) {
      app.engine.drain();
      const report = await front.drain(graceMs);
      artifacts.close();
      await admin.drain(0);
      await transport.close();
      notice('info', 'stopped', `answers that finished: ${report.finished}; cut short: ${report.cut}`);
      app.ring.close();
      return report;
    },
  };
}

/** Splits `host:port`, with brackets around IPv6, and listens there. */
async function open(server: NodeServer, listen: string): Promise<string> {
  const at = listen.lastIndexOf(':');
  const host = listen.slice(0, at).replace(/^\[|\]$/g, '');
  const address: AddressInfo = await server.listen(host, Number(listen.slice(at + 1)));
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** The gateway fields that listeners and front door took at their start and that a reload cannot change. */
function fixedAtStart(before: WholeConfig, after: WholeConfig): string[] {
  const fields = ['listen', 'admin', 'hosts'] as const;
  const changed: string[] = fields
    .filter((field) => JSON.stringify(before.gateway[field]) !== JSON.stringify(after.gateway[field]))
    .map((field) => `gateway.${field}`);
  if (before.gateway.limits.body !== after.gateway.limits.body) changed.push('gateway.limits.body');
  if (before.telemetry.metrics !== after.telemetry.metrics) changed.push('telemetry.metrics');
  return changed;
}
