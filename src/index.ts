/** The library face: a gateway inside a program, without a server, and models that are signed and verified. */
import { dirname } from 'node:path';
import { createPriceBook } from '../providers/price-book.ts';
import { catalogue } from '../providers/index.ts';
import { ConfigError } from './config/config-error.ts';
import { loadConfig, type ConfigSource, type LoadPorts } from './config/load.ts';
import { ConfigFileError, nodeLoadPorts, readConfigFile } from './config/node/files.ts';
import { resolveSecret } from './config/secret.ts';
import { VERSION } from './core/version.ts';
import { createLocalGateway, proveOnNode, refusalOf } from './node.ts';
import { createLanguage } from './sections.ts';
import { systemClock } from './system.ts';

export { ConfigError, ConfigFileError };
export type { PlacedFinding } from './config/place.ts';
export { readPublicKey, type Curve, type PublicKey } from './crypto/public-key.ts';
export { readCertificates, type Certificate } from './crypto/x509.ts';
export type { KeylessVerifier, LeafIdentity, TrustAnchor, VerifiedSigner } from './trust/anchor.ts';
export type { FileReport } from './trust/compare.ts';
export { signModel, type SignedModelFile, type SignModelOptions } from './trust/node/sign-model.ts';
export { verifyModel, type ModelVerdict, type VerifyModelOptions } from './trust/node/verify-model.ts';
export type { TrustRule } from './trust/rules.ts';
export type { Signer } from './trust/signer.ts';
export { TrustError } from './trust/trust-error.ts';
export { strictPolicy, verifyBundle, type VerifiedManifest, type VerifyPolicy } from './trust/verify.ts';
export { VERSION };

/** A configuration: its text (YAML or JSON), the same as an object, or the file that holds it. */
export type ConfigInput = string | { readonly file: string } | Readonly<Record<string, unknown>>;

/** What a gateway may be told besides its configuration. */
export interface GatewayOptions {
  /** Where `${VAR}` is looked up; absent = the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Takes access log lines (JSON, one or more whole lines); absent = nothing is logged. */
  readonly log?: (lines: string) => void;
}

/** `fetch` as clients call it, and as servers and workers are called. */
export interface GatewayFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  (request: Request, env?: unknown, context?: unknown): Promise<Response>;
}

/** A gateway in this process. */
export interface FetchGateway {
  /**
   * Answers a request to `/v1/…` or `/healthz`; the host in the URL does not matter unless `gateway.hosts` lists some. Give it
   * to an SDK as its `fetch`, or hand requests of a server to it. Needs no `this`.
   */
  readonly fetch: GatewayFetch;
  /** Answers `/healthz`, `/readyz` and `/metrics`, for operators only. */
  readonly admin: { readonly fetch: (request: Request) => Promise<Response> };
  /** Refuses new requests, lets upstream connections finish, and ends. */
  close(): Promise<void>;
}

const language = createLanguage(catalogue, () => systemClock.now());

/**
 * Makes a gateway from a configuration, after every check and the tests in it.
 * @throws ConfigError with everything that is wrong, each with its place and how to mend it
 * @throws ConfigFileError when the file cannot be read
 */
export function createGateway(config: ConfigInput, options: GatewayOptions = {}): FetchGateway {
  const { source, ports, folder } = readInput(config, options.env ?? process.env);
  const loaded = loadConfig(source, language, ports);
  const compile = { secret: (reference: string) => resolveSecret(reference, ports), priceBook: createPriceBook() };
  if (!loaded.ok) throw refusalOf(loaded, compile);
  const snapshot = proveOnNode(loaded, compile);
  const { app, close } = createLocalGateway(snapshot, loaded.whole, options.log ?? null, folder);
  return {
    fetch: async (input: string | URL | Request, second?: unknown, context?: unknown): Promise<Response> =>
      app.front.fetch(requestOf(input, second), isInit(second) ? undefined : (context ?? second)),
    admin: { fetch: async (request) => app.admin.fetch(request) },
    close,
  };
}

function readInput(
  config: ConfigInput,
  env: Readonly<Record<string, string | undefined>>,
): { readonly source: ConfigSource; readonly ports: LoadPorts; readonly folder: string } {
  if (typeof config === 'object' && typeof config['file'] === 'string') {
    const { file } = config;
    return { source: readConfigFile(file), ports: nodeLoadPorts(file, env), folder: dirname(file) };
  }
  const text = typeof config === 'string' ? config : JSON.stringify(config, null, 2);
  return { source: { name: 'configuration', text }, ports: nodeLoadPorts('configuration', env), folder: '.' };
}

function requestOf(input: string | URL | Request, second: unknown): Request {
  if (!(input instanceof Request)) return new Request(input, isInit(second) ? second : undefined);
  return isInit(second) ? new Request(input, second) : input;
}

const INIT_FIELDS = ['method', 'headers', 'body', 'signal', 'redirect', 'duplex', 'credentials', 'cache', 'keepalive'];

/** A client passes an init, a server its bindings: only the first has one of these. */
function isInit(value: unknown): value is RequestInit {
  return typeof value === 'object' && value !== null && INIT_FIELDS.some((field) => field in value);
}
