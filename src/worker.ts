/** The Workers entry point: chooses the ports of the edge and serves a configuration that was built beforehand. */
import { compileSnapshot, createApp, type App } from './app.ts';
import { openBuiltConfig } from './config/built.ts';
import { resolveSecret } from './config/secret.ts';
import type { WholeConfig } from './core/config.ts';
import { GatewayError } from './core/gateway-error.ts';
import { VERSION } from './core/version.ts';
import { webDigest } from './crypto/digest.ts';
import { openaiChat } from './protocols/openai-chat/index.ts';
import { createWebDoor } from './server/web/index.ts';
import { createSystemRandom, systemClock } from './system.ts';
import { createWebTransport } from './transport/web/index.ts';

/** What the runtime lends to one request. */
export interface WorkerContext {
  waitUntil(work: Promise<unknown>): void;
}

/** A module worker. */
export interface Worker {
  /** @param env the bindings; secrets of the configuration are looked up here by their names */
  fetch(request: Request, env: object, context: WorkerContext): Promise<Response>;
}

/**
 * Makes the worker over what `thalweg build worker` wrote.
 * @throws TypeError when it wrote something else, or another version did
 */
export function createWorker(built: unknown): Worker {
  const whole = openBuiltConfig(built);
  let app: App | null = null;
  return {
    async fetch(request, env, context) {
      try {
        // Each request compiles for itself until one is done: a promise of one request must not be awaited by another.
        const mine = app ?? (await startApp(whole, env));
        app ??= mine;
      } catch (cause) {
        return refuse(cause);
      }
      return app.front.fetch(request, context);
    },
  };
}

async function startApp(whole: WholeConfig, env: object): Promise<App> {
  const { limits, hosts } = whole.gateway;
  const bindings = new Map<string, unknown>(Object.entries(env));
  const variable = (name: string): string | null => {
    const value = bindings.get(name);
    return typeof value === 'string' ? value : null;
  };
  const secret = (reference: string) => resolveSecret(reference, { variable, file: () => null });
  const snapshot = await compileSnapshot(whole, { digest: webDigest, secret, priceBook: null });
  return createApp(snapshot, whole.telemetry, {
    clock: systemClock,
    random: createSystemRandom(),
    digest: webDigest,
    transport: createWebTransport({ clock: systemClock, fetch, maxAnswerBytes: limits.answer }),
    door: createWebDoor({ clock: systemClock, limits, hosts }),
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
