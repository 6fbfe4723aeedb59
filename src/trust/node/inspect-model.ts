/** Inspects a model on disk in a thread with bounded memory and time. */
import { Worker } from 'node:worker_threads';
import { finding } from '../../artifact/inspect-finding.ts';
import { INSPECT_POLICY, type Inspection, type InspectPolicy } from '../../artifact/inspect.ts';
import { listModel, type ListOptions } from './list-model.ts';
import { errorOf, type InspectMessage, type InspectThreadStart } from './thread-messages.ts';

/** What is inspected and how strictly. */
export interface InspectOptions extends ListOptions {
  readonly policy?: InspectPolicy;
  /** 60 000 unless told otherwise. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
/** Many times what the largest published header needs. */
const MEMORY_MB = 768;

/** Source runs as .ts, the published build as .js. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './inspect-worker.ts' : './inspect-worker.js', import.meta.url);

/**
 * Inspects a folder, or the one file that `root` is. Too much time or memory is the finding `not-finished`.
 * @throws ModelReadError
 */
export async function inspectModel(root: string, options: InspectOptions): Promise<Inspection> {
  const start: InspectThreadStart = {
    tree: await listModel(root, options),
    policy: options.policy ?? INSPECT_POLICY,
  };
  const resourceLimits = { maxOldGenerationSizeMb: MEMORY_MB };
  const worker = new Worker(ENTRY, { workerData: start, env: {}, resourceLimits, name: 'thalweg-inspect' });
  const outcome = Promise.withResolvers<Inspection>();
  const giveUp = (why: string): void => {
    outcome.resolve({ findings: [finding('not-finished', 'refuse', '.', why)], weights: [], templates: [] });
  };
  const timer = setTimeout(() => giveUp('the inspection took too long'), options.timeoutMs ?? TIMEOUT_MS);
  worker.on('message', (message: InspectMessage) => {
    if (message.type === 'inspected') outcome.resolve(message.inspection);
    else outcome.reject(errorOf(message));
  });
  worker.on('error', (error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      giveUp('the inspection needed too much memory');
    } else outcome.reject(error);
  });
  worker.on('exit', () => outcome.reject(new Error('the thread that inspects ended before its work did')));
  try {
    return await outcome.promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
