/** The Workers entry point: chooses the ports of the edge and serves a configuration that was built beforehand. */
import { compileSnapshot, createApp, type App } from './app.ts';
import { bytesSource } from './artifact/byte-source.ts';
import { openBuiltConfig } from './config/built.ts';
import { resolveSecret } from './config/secret.ts';
import type { Clock, Random } from './core/clock.ts';
import type { WholeConfig } from './core/config.ts';
import { GatewayError } from './core/gateway-error.ts';
import type { Transport } from './core/transport.ts';
import { VERSION } from './core/version.ts';
import { webDigest } from './crypto/digest.ts';
import { createEnginePool } from './embedded/engine-pool.ts';
import type { Responder } from './embedded/engine.ts';
import { createInlineEngine } from './embedded/inline-engine.ts';
import type { KernelFactory } from './embedded/kernels.ts';
import { simdKernels } from './embedded/simd/simd-kernels.ts';
import { createEmbeddedTransport, EMBEDDED_SCHEME } from './embedded/transport.ts';
import { openaiChat } from './protocols/openai-chat/index.ts';
import { placeOf } from './server/web/colo.ts';
import { createWebDoor } from './server/web/index.ts';
import { createMemoryStore } from './state/memory.ts';
import { createSystemRandom, systemClock } from './system.ts';
import { transportByScheme } from './transport/by-scheme.ts';
import { takeBindings } from './transport/web/bindings.ts';
import { createWebTransport } from './transport/web/index.ts';
import { verifyProjectModel } from './trust/project-model.ts';

/** What the runtime lends to one request. */
export interface WorkerContext {
  waitUntil(work: Promise<unknown>): void;
}

/** A module worker. */
export interface Worker {
  /** @param env the bindings; secrets of the configuration, and the services that backends are reached over, are looked up here by their names */
  fetch(request: Request, env: object, context: WorkerContext): Promise<Response>;
}

/** Makes the transport of embedded models; see `embedModels`. Rejects with TrustError when one is not what the project signed. */
export type EmbeddedModels = (ports: { readonly clock: Clock; readonly random: Random }) => Promise<Transport>;

/** A GGUF file and the bundle that signs it (`<name>.gguf.sig`), both imported as data. */
export interface EmbeddedModel {
  readonly model: ArrayBuffer;
  readonly signature: ArrayBuffer;
}

/** How many ids of stored responses and conversations one isolate remembers, of its 128 MB. */
const MAX_KEPT = 40_000;

/** How many answers one isolate computes at a time; each takes the memory of a whole model. */
const ANSWERS_AT_A_TIME = 4;

/**
 * Models that the worker computes itself; a worker that does not call this does not carry its code. They are verified before the
 * first request is answered, and the bytes that were verified are the bytes that are parsed.
 * @param files the models that the project signed, by the names in the URLs of backends (`embedded:<name>/v1`)
 * @param kernels the compiled WebAssembly module that `thalweg build worker` writes
 */
export function embedModels(files: Readonly<Record<string, EmbeddedModel>>, kernels: object): EmbeddedModels {
  const factory = simdKernels(kernels);
  const verified = new Map<string, Responder>();
  return async (ports) => {
    for (const [id, file] of Object.entries(files)) {
      const model = new Uint8Array(file.model);
      await verifyProjectModel({ name: `${id}.gguf`, model, signature: new Uint8Array(file.signature) });
      if (!verified.has(id)) verified.set(id, createModelPool(model, factory));
    }
    return createEmbeddedTransport({ ...ports, engines: Object.fromEntries(verified) });
  };
}

function createModelPool(model: Uint8Array, kernels: KernelFactory): Responder {
  const source = bytesSource(model);
  const yieldTo = (resume: () => void): void => void setTimeout(resume, 0);
  return createEnginePool({
    create: () => createInlineEngine({ model: source, kernels, yieldTo }),
    size: ANSWERS_AT_A_TIME,
  });
}

/**
 * Makes the worker over what `thalweg build worker` wrote.
 * @throws TypeError when it wrote something else, or another version did
 */
export function createWorker(built: unknown, embedded: EmbeddedModels | null = null): Worker {
  const whole = openBuiltConfig(built);
  let app: App | null = null;
  return {
    async fetch(request, env, context) {
      try {
        // Each request compiles for itself until one is done: a promise of one request must not be awaited by another.
        const mine = app ?? (await startApp(whole, env, embedded));
        app ??= mine;
      } catch (cause) {
        return refuse(cause);
      }
      return app.front.fetch(request, context);
    },
  };
}

async function startApp(whole: WholeConfig, env: object, embedded: EmbeddedModels | null): Promise<App> {
  const { limits, hosts } = whole.gateway;
  const lent = new Map<string, unknown>(Object.entries(env));
  const variable = (name: string): string | null => {
    const value = lent.get(name);
    return typeof value === 'string' ? value : null;
  };
  const secret = (reference: string) => resolveSecret(reference, { variable, file: () => null });
  const snapshot = await compileSnapshot(whole, { digest: webDigest, secret, priceBook: null });
  const [clock, random] = [systemClock, createSystemRandom()];
  const bindings = takeBindings(snapshot.backends, env);
  const web = createWebTransport({ clock, fetch, maxAnswerBytes: limits.answer, bindings });
  const models = embedded === null ? null : await embedded({ clock, random });
  return createApp(snapshot, whole.telemetry, {
    clock,
    random,
    digest: webDigest,
    transport: models === null ? web : transportByScheme({ [EMBEDDED_SCHEME]: models }, web),
    store: createMemoryStore({ clock, maxEntries: MAX_KEPT }),
    door: createWebDoor({ clock: systemClock, limits, hosts, place: placeOf }),
    log: writeLines,
    // The runtime refuses its functions under another receiver.
    schedule: (f) => queueMicrotask(f),
    version: VERSION,
  });
}

/** One entry of the runtime's log per line. */
function writeLines(chunk: string): boolean {
  for (const line of chunk.trimEnd().split('\n')) console.log(line);
  return true;
}

/** A worker that cannot start, for example without one of its secrets: the operator reads why, the client does not. */
function refuse(cause: unknown): Response {
  const message = cause instanceof Error ? cause.message : String(cause);
  console.error(JSON.stringify({ level: 'error', event: 'notice', name: 'start-failed', message }));
  const { status, body } = openaiChat.writeError(new GatewayError('internal'));
  return Response.json(body, { status });
}
