/** Guards one artifact: verifies it in the background, holds its lease while the files stay the same, and lets go the moment they do not. */
import type { ArtifactFault } from '../../core/artifact.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import type { ArtifactEvidence, ArtifactOutcome } from '../evidence.ts';
import type { ArtifactTerms } from '../terms.ts';
import type { ModelChange, ModelWatch } from './watch-model.ts';

/** What a guard needs from outside. */
export interface GuardPorts {
  readonly clock: Clock;
  verify(terms: ArtifactTerms): Promise<ArtifactOutcome>;
  /** Watches the files, and a signature beside them, from the state that the outcome was found in. */
  watch(outcome: ArtifactOutcome, onChange: (change: ModelChange) => void): Promise<ModelWatch>;
  /** Told when a lease begins or ends. */
  onTurn(guard: ArtifactGuard): void;
}

/** Parts of a lease between two looks at the files, and of the greatest age between two verifications. */
const LOOKS_PER_LEASE = 3;
const RUNS_PER_AGE = 8;
/** Between two attempts where nothing changed, ms. */
const RETRY_MS = 30_000;

const NOT_YET: ArtifactFault = Object.freeze({ rule: 'not-verified-yet', what: 'the first verification is under way' });
const CLOSED: ArtifactFault = Object.freeze({ rule: 'not-guarded', what: 'no configuration in service names it' });

/** One artifact under guard. */
export class ArtifactGuard {
  readonly terms: ArtifactTerms;
  readonly #ports: GuardPorts;
  #untilTick = 0;
  #fault: ArtifactFault | null = NOT_YET;
  #evidence: ArtifactEvidence | null = null;
  #watch: ModelWatch | null = null;
  #look: Timer | null = null;
  #next: Timer | null = null;
  #running: Promise<void> | null = null;
  #isStirred = false;
  #isClosed = false;

  constructor(terms: ArtifactTerms, ports: GuardPorts) {
    this.terms = terms;
    this.#ports = ports;
  }

  /** Until when the lease holds, ms on the monotonic clock; 0 = there is none. */
  get untilTick(): number {
    return this.#untilTick;
  }

  /** Why there is no lease; null = there is one, or it ran out unseen. */
  get fault(): ArtifactFault | null {
    return this.#fault;
  }

  /** What the last verification that succeeded found; null = none did since the files changed. */
  get evidence(): ArtifactEvidence | null {
    return this.#evidence;
  }

  /** Verifies now, or again once the verification under way is over; resolves when that is done. */
  verify(): Promise<void> {
    this.#isStirred = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Lets go for good. */
  close(): void {
    this.#isClosed = true;
    this.#untilTick = 0;
    this.#fault = CLOSED;
    this.#look?.cancel();
    this.#next?.cancel();
    this.#watch?.close();
  }

  async #run(): Promise<void> {
    while (this.#isStirred && !this.#isClosed) {
      this.#isStirred = false;
      this.#next?.cancel();
      const begun = this.#ports.clock.tick();
      const outcome = await this.#ports.verify(this.terms);
      // What changed meanwhile is verified anew; a lease over it is never given.
      if (this.#isClosed || this.#isStirred) continue;
      const watch = await this.#ports.watch(outcome, (change) => this.#changed(change));
      this.#watch?.close();
      this.#watch = watch;
      if (this.#isClosed) return watch.close();
      if (this.#isStirred) continue;
      if (outcome.fault === null) this.#hold(outcome.evidence, begun);
      else this.#drop(outcome.fault);
    }
  }

  #hold(evidence: ArtifactEvidence, begun: number): void {
    const { clock } = this.#ports;
    const { leaseMs, maxAgeMs } = this.terms;
    const isNew = this.#fault !== null;
    this.#evidence = evidence;
    this.#fault = null;
    // The files were looked at last when the verification ended, and are watched from its begin on.
    this.#untilTick = Math.max(begun, clock.tick()) + leaseMs;
    this.#planLook();
    this.#plan(maxAgeMs / RUNS_PER_AGE);
    if (isNew) this.#ports.onTurn(this);
  }

  #drop(fault: ArtifactFault): void {
    const isNew = this.#fault?.rule !== fault.rule || this.#fault.what !== fault.what;
    this.#untilTick = 0;
    this.#fault = fault;
    this.#evidence = null;
    this.#look?.cancel();
    this.#plan(RETRY_MS);
    if (isNew) this.#ports.onTurn(this);
  }

  #plan(ms: number): void {
    this.#next?.cancel();
    if (!this.#isClosed) this.#next = this.#ports.clock.after(ms, () => void this.verify());
  }

  #planLook(): void {
    this.#look?.cancel();
    this.#look = this.#ports.clock.after(this.terms.leaseMs / LOOKS_PER_LEASE, () => void this.#renew());
  }

  /** Renewed from the moment before the look: what happens during it is seen by the next one. */
  async #renew(): Promise<void> {
    const tick = this.#ports.clock.tick();
    const expired = this.#expired();
    if (expired !== null) return this.#drop(expired);
    const watch = this.#watch;
    await watch?.check();
    if (this.#isClosed || this.#fault !== null || this.#watch !== watch) return;
    this.#untilTick = Math.max(this.#untilTick, tick + this.terms.leaseMs);
    this.#planLook();
  }

  #expired(): ArtifactFault | null {
    const signer = this.#evidence?.verified.signer;
    if (signer?.method !== 'certificate' || this.#ports.clock.now() <= signer.notAfterMs) return null;
    return { rule: 'certificate-expired', what: 'the certificate of the signer expired' };
  }

  #changed({ fingerprint }: ModelChange): void {
    if (this.#isClosed) return;
    const what =
      fingerprint === null ? 'the files cannot be listed any more' : 'files changed since they were verified';
    // A fault that is known already stays until the verification says what is wrong now.
    if (this.#fault === null) this.#drop({ rule: 'changed', what: `${what}; they are being verified again` });
    void this.verify();
  }
}
