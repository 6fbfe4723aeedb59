/** Asks the server of a backend again and again what it has loaded, and keeps the grade of its last answer. */
import type { Backend } from '../core/backend.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { Json } from '../core/json.ts';
import { webDigest } from '../crypto/digest.ts';
import type { ArtifactEvidence } from './evidence.ts';
import { gradeReport, type Grade } from './level.ts';
import { queriesOf, readReport, type ServerQuery, type ServerReport } from './server-report.ts';
import type { ArtifactTerms } from './terms.ts';

/** Asks one question; resolves with the JSON of a good answer, rejects where there is none. */
export type AskServer = (backend: Backend, query: ServerQuery) => Promise<Json>;

/** The artifact that a server should have loaded, as it is known now. */
export interface GuardedArtifact {
  readonly terms: ArtifactTerms;
  readonly evidence: ArtifactEvidence | null;
}

/** A server that is asked. */
export interface ServerWatch {
  /** The grade of the last answer against what is verified now. */
  readonly grade: Grade;
  /** Until when it counts, ms on the monotonic clock; 0 = there was no answer. */
  readonly untilTick: number;
  /** The last answer; null = none. */
  readonly report: ServerReport | null;
  isOf(backend: Backend, guard: GuardedArtifact): boolean;
  /** Asks now; resolves when the answers are there or will not come. */
  ask(): Promise<void>;
  close(): void;
}

/** How often a server is asked within the time of a lease. */
const QUESTIONS_PER_LEASE = 2;

/** Watches a server; the first question is asked once whoever installs it is done. */
export function createServerWatch(options: {
  readonly backend: Backend;
  readonly guard: GuardedArtifact;
  readonly clock: Clock;
  readonly ask: AskServer;
}): ServerWatch {
  const watch = new Watch(options);
  queueMicrotask(() => void watch.ask());
  return watch;
}

class Watch implements ServerWatch {
  readonly #options: Parameters<typeof createServerWatch>[0];
  readonly #queries: readonly ServerQuery[] | null;
  #report: ServerReport | null = null;
  #template: string | null = null;
  #silence = 'the server has not been asked yet';
  #untilTick = 0;
  #asking: Promise<void> | null = null;
  #next: Timer | null = null;
  #isClosed = false;

  constructor(options: Parameters<typeof createServerWatch>[0]) {
    this.#options = options;
    const { provider, model } = options.backend;
    this.#queries = model === '*' ? null : queriesOf(provider);
    if (model === '*') this.#silence = 'the backend serves whatever is asked for (model: "*")';
    else if (this.#queries === null) this.#silence = `servers of the kind ${provider} do not say what they loaded`;
  }

  get grade(): Grade {
    const { guard, backend } = this.#options;
    const report = this.#report;
    if (report === null) return { level: 'T0', what: this.#silence };
    const { terms, evidence } = guard;
    return gradeReport({ terms, evidence, report, model: backend.model, template: this.#template });
  }

  get untilTick(): number {
    return this.#untilTick;
  }

  get report(): ServerReport | null {
    return this.#report;
  }

  isOf(backend: Backend, guard: GuardedArtifact): boolean {
    const own = this.#options;
    const { url, model, provider, account } = own.backend;
    const isSame = url === backend.url && model === backend.model && provider === backend.provider;
    return isSame && account === backend.account && own.guard === guard;
  }

  ask(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      this.#plan();
    });
    return this.#asking;
  }

  close(): void {
    this.#isClosed = true;
    this.#untilTick = 0;
    this.#next?.cancel();
  }

  async #ask(): Promise<void> {
    const { backend, clock, guard, ask } = this.#options;
    if (this.#queries === null || this.#isClosed) return;
    const tick = clock.tick();
    let reason = '';
    const answers = await Promise.all(
      this.#queries.map((query) =>
        ask(backend, query).catch((error: unknown): Json => {
          reason ||= `${query.path}: ${error instanceof Error ? error.message : String(error)}`;
          return null;
        }),
      ),
    );
    // A server that is silent for once keeps its grade until that ends.
    if (answers.every((answer) => answer === null)) {
      this.#silence = `the server does not answer (${reason})`;
      if (this.#untilTick <= clock.tick()) this.#report = null;
      return;
    }
    const report = readReport(backend.provider, answers, backend.model);
    this.#template = report.template === null ? null : await webDigest.sha256(report.template);
    this.#report = report;
    if (!this.#isClosed) this.#untilTick = tick + guard.terms.leaseMs;
  }

  #plan(): void {
    if (this.#isClosed || this.#queries === null) return;
    this.#next?.cancel();
    const wait = this.#options.guard.terms.leaseMs / QUESTIONS_PER_LEASE;
    this.#next = this.#options.clock.after(wait, () => void this.ask());
  }
}
