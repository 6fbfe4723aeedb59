/** An engine that is loaded when it is first needed, so that whoever does not use it pays nothing. */
import type { Cancel, Engine, EngineInfo, Responder } from './engine.ts';

/** An engine that may not be loaded yet. */
export interface LazyEngine extends Responder {
  /** Loads it now. Rejects with what loading met; the next use tries again. */
  load(): Promise<EngineInfo>;
}

/** Wraps a way to load an engine; requests that come before it is loaded wait for it. */
export function createLazyEngine(open: () => Promise<Engine>): LazyEngine {
  let engine: Engine | null = null;
  let opening: Promise<Engine> | null = null;
  let isClosed = false;

  const need = (): Promise<Engine> => {
    opening ??= open().then(
      (opened) => (engine = opened),
      (cause: unknown) => {
        opening = null;
        throw cause;
      },
    );
    return opening;
  };

  return {
    load: async () => (await need()).info,
    generate(request, listener) {
      if (engine !== null) return engine.generate(request, listener);
      let isCancelled = false;
      let cancel: Cancel | null = null;
      const fail = (message: string): void => {
        if (!isCancelled) listener.failed({ kind: 'broken', message });
      };
      if (isClosed) queueMicrotask(() => isCancelled || listener.failed({ kind: 'closed' }));
      else {
        need().then(
          (opened) => {
            if (!isCancelled) cancel = opened.generate(request, listener);
          },
          (cause: unknown) => fail(cause instanceof Error ? cause.message : String(cause)),
        );
      }
      return () => {
        isCancelled = true;
        cancel?.();
      };
    },
    async close() {
      isClosed = true;
      const opened = await opening?.catch(() => null);
      await opened?.close();
    },
  };
}
