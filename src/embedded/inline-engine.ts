/** An engine on the caller's own thread, which it leaves free between any two tokens: for workerd, where there is no other. */
import type { ByteSource } from '../artifact/byte-source.ts';
import type { Engine } from './engine.ts';
import { beginGeneration } from './generation.ts';
import { type KernelFactory, plainKernels } from './kernels.ts';
import { loadModel, type Model, MODEL_LIMITS, type ModelLimits } from './model.ts';
import { type Runner, TurnQueue } from './turn-queue.ts';

/** What an inline engine is made of. */
export interface InlineEngineOptions {
  readonly model: ByteSource;
  /** Calls `resume` soon, after other work had its chance: `setTimeout` or the runtime's scheduler. */
  readonly yieldTo: (resume: () => void) => void;
  /** Plain JavaScript unless told otherwise; see `simdKernels`. */
  readonly kernels?: KernelFactory;
  readonly limits?: ModelLimits;
  /** Generations that may wait; 16 unless told otherwise. */
  readonly queueRoom?: number;
}

/** How many generations may wait for their turn. */
export const QUEUE_ROOM = 16;

/**
 * Loads a model and answers on this thread.
 * @throws ArtifactError when the file cannot be used
 */
export function createInlineEngine(options: InlineEngineOptions): Engine {
  const model = loadModel(options.model, options.kernels ?? plainKernels, options.limits ?? MODEL_LIMITS);
  const queue = new TurnQueue(inlineRunner(model, options.yieldTo), options.queueRoom ?? QUEUE_ROOM);
  return {
    info: { title: model.title, parameters: model.parameters, contextTokens: model.contextTokens },
    generate: (request, listener) => queue.add(request, listener),
    close: () => Promise.resolve(queue.close()),
  };
}

function inlineRunner(model: Model, yieldTo: InlineEngineOptions['yieldTo']): Runner {
  return (request, listener) => {
    let isCancelled = false;
    const drive = (step: () => boolean): void =>
      yieldTo(() => {
        if (!isCancelled && step()) drive(step);
      });
    yieldTo(() => {
      const step = isCancelled ? null : beginGeneration(model, request, listener);
      if (step !== null) drive(step);
    });
    return () => {
      isCancelled = true;
    };
  };
}
