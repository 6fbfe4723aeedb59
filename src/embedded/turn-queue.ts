/** Lets one generation run at a time and a bounded number wait, in order. */
import type { Cancel, EngineFailure, GenerationEnd, GenerationListener, GenerationRequest } from './engine.ts';
import type { Piece } from './sampling/stop-scanner.ts';

/** Starts computing; calls the listener later. The returned cancel may leave it computing for at most one more step. */
export type Runner = (request: GenerationRequest, listener: GenerationListener) => Cancel;

class Turn implements GenerationListener {
  readonly request: GenerationRequest;
  readonly #listener: GenerationListener;
  readonly #over: (turn: Turn) => void;
  isOver = false;
  /** Set while it runs. */
  stop: Cancel | null = null;

  constructor(request: GenerationRequest, listener: GenerationListener, over: (turn: Turn) => void) {
    this.request = request;
    this.#listener = listener;
    this.#over = over;
  }

  started(promptTokens: number): void {
    if (!this.isOver) this.#listener.started(promptTokens);
  }
  piece(piece: Piece): void {
    if (!this.isOver) this.#listener.piece(piece);
  }
  finished(end: GenerationEnd): void {
    if (this.#close()) this.#listener.finished(end);
  }
  failed(failure: EngineFailure): void {
    if (this.#close()) this.#listener.failed(failure);
  }
  cancel(): void {
    const stop = this.stop;
    if (this.#close()) stop?.();
  }

  #close(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.#over(this);
    return true;
  }
}

/** The turns of one engine. */
export class TurnQueue {
  readonly #run: Runner;
  readonly #room: number;
  readonly #waiting = new Set<Turn>();
  #running: Turn | null = null;
  #isClosed = false;

  /** @param room how many may wait beside the one that runs */
  constructor(run: Runner, room: number) {
    this.#run = run;
    this.#room = room;
  }

  /** Takes a request in, or fails it with `overloaded` or `closed`. The listener hears nothing before this returned. */
  add(request: GenerationRequest, listener: GenerationListener): Cancel {
    const turn = new Turn(request, listener, (over) => this.#remove(over));
    const isFull = this.#running !== null && this.#waiting.size >= this.#room;
    if (this.#isClosed || isFull) {
      const kind = this.#isClosed ? 'closed' : 'overloaded';
      queueMicrotask(() => turn.failed({ kind }));
    } else {
      this.#waiting.add(turn);
      this.#next();
    }
    return () => turn.cancel();
  }

  /** Fails everything that runs or waits as `closed`. */
  close(): void {
    this.#isClosed = true;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const turn of waiting) turn.failed({ kind: 'closed' });
    const running = this.#running;
    const stop = running?.stop;
    running?.failed({ kind: 'closed' });
    stop?.();
  }

  #next(): void {
    if (this.#running !== null) return;
    for (const turn of this.#waiting) {
      this.#waiting.delete(turn);
      this.#running = turn;
      turn.stop = this.#run(turn.request, turn);
      return;
    }
  }

  #remove(turn: Turn): void {
    this.#waiting.delete(turn);
    if (this.#running !== turn) return;
    this.#running = null;
    this.#next();
  }
}
