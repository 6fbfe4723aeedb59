/** The entry point of the thread that computes: loads the model, then works off one job after the other. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { ArtifactError } from '../../artifact/artifact-error.ts';
import { bytesSource } from '../../artifact/byte-source.ts';
import { beginGeneration } from '../generation.ts';
import { loadModel, type Model, warmUp } from '../model.ts';
import { compileKernels, simdKernels } from '../simd/simd-kernels.ts';
import type { WorkerJob, WorkerMessage, WorkerStart } from './worker-messages.ts';

function tell(port: MessagePort, message: WorkerMessage): void {
  port.postMessage(message);
}

/** Computes one answer to its end, looking between any two steps whether somebody still wants it. */
function work(port: MessagePort, model: Model, { job, request }: WorkerJob, cancelled: Int32Array): void {
  const isWanted = (): boolean => Atomics.load(cancelled, 0) < job;
  const step = beginGeneration(model, request, {
    started: (promptTokens) => tell(port, { type: 'started', job, promptTokens }),
    piece: (piece) => tell(port, { type: 'piece', job, piece }),
    finished: (end) => tell(port, { type: 'finished', job, end }),
    failed: (failure) => tell(port, { type: 'failed', job, failure }),
  });
  if (step === null) return;
  while (isWanted() && step());
}

function serve(port: MessagePort, { model, limits, cancelled }: WorkerStart): void {
  try {
    const loaded = loadModel(bytesSource(model), simdKernels(compileKernels()), limits);
    warmUp(loaded);
    const { title, parameters, contextTokens } = loaded;
    port.on('message', (job: WorkerJob) => work(port, loaded, job, cancelled));
    tell(port, { type: 'ready', info: { title, parameters, contextTokens } });
  } catch (error) {
    if (error instanceof ArtifactError)
      tell(port, { type: 'refused', code: error.code, where: error.where, message: error.what });
    else tell(port, { type: 'refused', code: null, where: 'model', message: String(error) });
  }
}

const start: WorkerStart = workerData;
if (parentPort !== null) serve(parentPort, start);
