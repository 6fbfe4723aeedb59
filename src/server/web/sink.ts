/** Writes an answer into one Response: a plain body when it is complete within the turn it began in, else a stream. */
import type { ReplySink } from '../../core/gateway.ts';
import type { HeaderList } from '../../core/headers.ts';
import { joinChunks } from './chunks.ts';

/** Bytes that may wait for a slow reader before `write` says so. */
const HIGH_WATER = 65_536;

/** Statuses whose Response may not have a body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** A ReplySink whose answer is `response`. */
export class WebSink implements ReplySink {
  /** Settles when the head of the answer is known. */
  readonly response: Promise<Response>;
  readonly #signal: AbortSignal | undefined;
  #resolve: (response: Response) => void = () => {};
  #status = 0;
  #headers: HeaderList = [];
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #isStarted = false;
  #isSent = false;
  #isOver = false;
  #isGone = false;
  #isFull = false;
  #isCut = false;
  #drained: (() => void) | null = null;
  #gone: (() => void) | null = null;

  /** @param signal aborts when the client leaves, where the runtime tells so */
  constructor(signal: AbortSignal | undefined) {
    this.response = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#signal = signal;
    signal?.addEventListener('abort', this.#leave);
  }

  /** Registers the listener; when the client has already left it is called in the next microtask. */
  onGone(f: () => void): void {
    this.#gone = f;
    if (this.#isGone || this.#signal?.aborted === true) queueMicrotask(this.#leave);
  }

  start(status: number, headers: HeaderList): void {
    if (this.#isOver || this.#isGone || this.#isStarted) return;
    this.#isStarted = true;
    this.#status = status;
    this.#headers = headers;
    queueMicrotask(() => {
      if (!this.#isOver) this.#sendStream();
    });
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver || this.#isGone) return true;
    if (this.#controller === null) {
      this.#held.push(chunk);
      this.#heldBytes += chunk.length;
      this.#isFull = this.#heldBytes >= HIGH_WATER;
      return !this.#isFull;
    }
    this.#controller.enqueue(chunk);
    this.#isFull = (this.#controller.desiredSize ?? 0) <= 0;
    return !this.#isFull;
  }

  onDrain(f: () => void): void {
    this.#drained = f;
  }

  end(): void {
    if (this.#isOver) return;
    this.#finish();
    if (this.#controller !== null) {
      if (!this.#isGone) this.#controller.close();
    } else if (this.#isStarted && !this.#isSent) {
      this.#send(BODILESS.has(this.#status) ? null : joinChunks(this.#held, this.#heldBytes));
    }
  }

  cut(): void {
    if (this.#isOver) return;
    if (!this.#isStarted) this.#status = 502;
    if (!this.#isSent) this.#sendStream();
    this.#finish();
    this.#isCut = true;
    this.#breakWhenRead();
  }

  /** An errored stream forgets what was not read yet, and the last words before a cut matter. */
  #breakWhenRead(): void {
    if (this.#controller?.desiredSize !== HIGH_WATER) return;
    this.#controller.error(new Error('The answer was cut off by the gateway.'));
  }

  #sendStream(): void {
    if (this.#isSent) return;
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          for (const chunk of this.#held) controller.enqueue(chunk);
          this.#held = [];
        },
        pull: () => {
          if (this.#isCut) this.#breakWhenRead();
          if (!this.#isFull || this.#isOver) return;
          this.#isFull = false;
          this.#drained?.();
        },
        cancel: this.#leave,
      },
      { highWaterMark: HIGH_WATER, size: (chunk) => chunk.length },
    );
    this.#send(BODILESS.has(this.#status) ? null : stream);
  }

  #send(body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null): void {
    this.#isSent = true;
    try {
      this.#resolve(new Response(body, { status: this.#status, headers: webHeaders(this.#headers) }));
    } catch {
      // A head that cannot be written: an empty failure is better than an answer with a part missing.
      this.#resolve(new Response(null, { status: 500 }));
    }
  }

  #finish(): void {
    this.#isOver = true;
    this.#gone = null;
    this.#signal?.removeEventListener('abort', this.#leave);
  }

  readonly #leave = (): void => {
    if (this.#isOver) return;
    this.#isGone = true;
    if (!this.#isSent) {
      // Nobody reads it, but the runtime waits for it.
      this.#status = 499;
      this.#headers = [];
      this.#send(null);
    }
    const listener = this.#gone;
    this.#gone = null;
    listener?.();
  };
}

function webHeaders(list: HeaderList): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < list.length; i += 2) headers.append(list[i]!, list[i + 1]!);
  return headers;
}
