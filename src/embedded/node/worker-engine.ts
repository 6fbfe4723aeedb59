/** An engine whose model is computed in a thread of its own, so that no request ever waits behind a token. */
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ArtifactError } from '../../artifact/artifact-error.ts';
import type { Cancel, Engine, EngineInfo, GenerationListener, GenerationRequest } from '../engine.ts';
import { QUEUE_ROOM } from '../inline-engine.ts';
import { MODEL_LIMITS, type ModelLimits } from '../model.ts';
import { type Runner, TurnQueue } from '../turn-queue.ts';
import type { WorkerMessage, WorkerStart } from './worker-messages.ts';

/** What a worker engine is made of. */
export interface WorkerEngineOptions {
  /** The whole GGUF file, already verified by whoever wants it verified. */
  readonly model: Uint8Array;
  readonly limits?: ModelLimits;
  /** Generations that may wait; 16 unless told otherwise. */
  readonly queueRoom?: number;
}

interface Running {
  readonly job: number;
  readonly listener: GenerationListener;
}

/** Source runs as .ts, the published build as .js. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** One thread and the model in it. Jobs may be given before it is ready. */
class ModelThread {
  readonly #worker: Worker;
  readonly #cancelled = new Int32Array(new SharedArrayBuffer(4));
  readonly #loaded = Promise.withResolvers<EngineInfo>();
  #running: Running | null = null;
  #jobs = 0;
  #isGone = false;

  constructor(model: Uint8Array, limits: ModelLimits) {
    const start: WorkerStart = { model, limits, cancelled: this.#cancelled };
    this.#worker = new Worker(ENTRY, { workerData: start, env: environment(), name: 'thalweg-model' });
    this.#worker.on('message', (message: WorkerMessage) => this.#hear(message));
    this.#worker.on('error', (error) => this.#lose(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#lose(new Error('the thread of the model ended')));
    // A failure to load also reaches whoever runs a job; unhandled it would end the process.
    this.#loaded.promise.catch(() => undefined);
  }

  /** What was loaded. Rejects with the ArtifactError that loading met. */
  get loaded(): Promise<EngineInfo> {
    return this.#loaded.promise;
  }

  /** True once the thread can do nothing any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  run(request: GenerationRequest, listener: GenerationListener): Cancel {
    const job = ++this.#jobs;
    this.#running = { job, listener };
    this.#worker.ref();
    this.#worker.postMessage({ job, request });
    return () => {
      Atomics.store(this.#cancelled, 0, job);
      if (this.#running?.job === job) this.#rest();
    };
  }

  async stop(): Promise<void> {
    this.#isGone = true;
    await this.#worker.terminate();
  }

  /** A thread that has nothing to do keeps no process alive. */
  #rest(): void {
    this.#running = null;
    this.#worker.unref();
  }

  #hear(message: WorkerMessage): void {
    if (message.type === 'ready') {
      if (this.#running === null) this.#worker.unref();
      return this.#loaded.resolve(message.info);
    }
    if (message.type === 'refused') return this.#lose(refusal(message));
    const running = this.#running;
    if (message.job !== running?.job) return;
    if (message.type === 'started') return running.listener.started(message.promptTokens);
    if (message.type === 'piece') return running.listener.piece(message.piece);
    this.#rest();
    if (message.type === 'finished') running.listener.finished(message.end);
    else running.listener.failed(message.failure);
  }

  #lose(error: Error): void {
    this.#isGone = true;
    this.#loaded.reject(error);
    const running = this.#running;
    this.#rest();
    running?.listener.failed({ kind: 'broken', message: error.message });
  }
}

/** Nothing of the process: the model has no business with keys. Only compiled code is found where the process keeps its own. */
function environment(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

function refusal({ code, where, message }: Extract<WorkerMessage, { type: 'refused' }>): Error {
  return code === null ? new Error(message) : new ArtifactError(code, where, message);
}

/**
 * Loads a model in a new thread. A thread that dies fails its answer as `broken`; the next request starts another.
 * Rejects with ArtifactError when the file cannot be used.
 */
export async function createWorkerEngine(options: WorkerEngineOptions): Promise<Engine> {
  const start = (): ModelThread => new ModelThread(options.model, options.limits ?? MODEL_LIMITS);
  let thread = start();
  const info = await thread.loaded;
  const run: Runner = (request, listener) => {
    if (thread.isGone) thread = start();
    return thread.run(request, listener);
  };
  const queue = new TurnQueue(run, options.queueRoom ?? QUEUE_ROOM);
  return {
    info,
    generate: (request, listener) => queue.add(request, listener),
    close() {
      queue.close();
      return thread.stop();
    },
  };
}
