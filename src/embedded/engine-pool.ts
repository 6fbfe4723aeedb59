/** Engines that are lent to one answer each: for workerd, where work that one request began must not be driven by another. */
import type { Engine, GenerationListener, Responder } from './engine.ts';

/** What a pool is made of. */
export interface EnginePoolOptions {
  /** Loads one engine. @throws ArtifactError when the file cannot be used */
  readonly create: () => Engine;
  /** Engines at most; further answers are refused as `overloaded`. */
  readonly size: number;
}

/** A pool whose engines are loaded when they are first needed. */
export function createEnginePool({ create, size }: EnginePoolOptions): Responder {
  const idle: Engine[] = [];
  const all: Engine[] = [];
  let isClosed = false;

  const take = (): Engine | null => {
    const free = idle.pop();
    if (free !== undefined || all.length >= size) return free ?? null;
    const engine = create();
    all.push(engine);
    return engine;
  };

  return {
    generate(request, listener) {
      const engine = isClosed ? null : take();
      if (engine === null) return failLater(listener, isClosed ? 'closed' : 'overloaded');
      let isBack = false;
      const giveBack = (): void => {
        if (!isBack) idle.push(engine);
        isBack = true;
      };
      const cancel = engine.generate(request, {
        started: (promptTokens) => listener.started(promptTokens),
        piece: (piece) => listener.piece(piece),
        finished(end) {
          giveBack();
          listener.finished(end);
        },
        failed(failure) {
          giveBack();
          listener.failed(failure);
        },
      });
      return () => {
        cancel();
        giveBack();
      };
    },
    async close() {
      isClosed = true;
      await Promise.all(all.map((engine) => engine.close()));
    },
  };
}

function failLater(listener: GenerationListener, kind: 'closed' | 'overloaded'): () => void {
  let isCancelled = false;
  queueMicrotask(() => isCancelled || listener.failed({ kind }));
  return () => {
    isCancelled = true;
  };
}
