/** Spreads hashing over threads: the largest task first, the next one to whoever is free. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { HashTask } from './hash-range.ts';
import { errorOf, type HashMessage, type HashThreadStart } from './thread-messages.ts';

/** Who is told what. */
export interface HashListener {
  onBytes(task: HashTask, bytes: number): void;
  onHashed(task: HashTask, sha256: Uint8Array): void;
}

/** Beyond this the disk is the limit, not the processor. */
const MAX_THREADS = 8;

/** Source runs as .ts, the published build as .js. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js', import.meta.url);

/**
 * Hashes all tasks; `bytesPerSecond` is for all threads together.
 * @throws ModelReadError of the first task that is refused, the signal's reason; all threads are gone by then
 */
export async function hashInThreads(
  tasks: readonly HashTask[],
  listener: HashListener,
  bytesPerSecond: number | null,
  signal: AbortSignal | null,
): Promise<void> {
  const queue = tasks.toSorted((a, b) => a.end - a.start - (b.end - b.start));
  const processors = availableParallelism();
  const count = Math.min(tasks.length, processors, MAX_THREADS);
  const start: HashThreadStart = {
    bytesPerSecond: bytesPerSecond === null ? null : bytesPerSecond / count,
    readsAhead: count < processors,
  };
  const workers = Array.from(
    { length: count },
    () => new Worker(ENTRY, { workerData: start, env: {}, name: 'thalweg-hash' }),
  );
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(signal?.reason);
  signal?.addEventListener('abort', stop);
  try {
    const work = Promise.all(workers.map((worker) => workOff(worker, queue, listener)));
    await Promise.race([work, stopped.promise]);
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Gives one thread tasks from the end of the queue until there are none. */
function workOff(worker: Worker, queue: HashTask[], listener: HashListener): Promise<void> {
  return new Promise((resolve, reject) => {
    let task = queue.pop();
    const next = (): void => (task === undefined ? resolve() : worker.postMessage(task));
    worker.on('message', (message: HashMessage) => {
      if (task === undefined) return;
      if (message.type === 'bytes') return listener.onBytes(task, message.bytes);
      if (message.type !== 'hashed') return reject(errorOf(message));
      listener.onHashed(task, message.sha256);
      task = queue.pop();
      next();
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('a thread that hashes ended before its work did')));
    next();
  });
}
