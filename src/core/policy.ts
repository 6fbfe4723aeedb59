/** Judgements: facts of a request, state of the world, and the pure interfaces that turn them into a plan. */
import type { Backend, Candidate, ModelAlias } from './backend.ts';
import type { ProtocolId } from './chat.ts';
import type { Random } from './clock.ts';
import type { EgressPermit, EgressPurpose } from './egress.ts';
import type { ErrorCode, FailureClass } from './error-codes.ts';
import type { HeaderView } from './headers.ts';
import type { JsonObject } from './json.ts';

/** What policies know of a request. Built once per request, never changed. */
export interface RequestFacts {
  readonly requestId: string;
  /** Wall clock at admission, ms since the epoch. */
  readonly at: number;
  readonly surface: ProtocolId;
  /** The model name that the client asked for. */
  readonly model: string;
  /** What that name resolved to. */
  readonly alias: ModelAlias;
  readonly stream: boolean;
  /** Estimated input tokens (never counted exactly here). */
  readonly inputTokens: number;
  /** The client's own output limit; null = not said. */
  readonly maxOutputTokens: number | null;
  readonly choices: number;
  /** Capability bits that are needed. */
  readonly needs: number;
  readonly bodyBytes: number;
  readonly user: string | null;
  /** Key id and tenant of the caller; null on an open gateway. */
  readonly key: string | null;
  readonly tenant: string | null;
  readonly headers: HeaderView;
  /** Sealed reasoning in the request; absent = none was looked for, or none is there. */
  readonly sealed?: SealedHint;
}

/** Where the sealed reasoning of a request was made (core/origin.ts); null = at some backend of the client's own language. */
export interface SealedHint {
  readonly origin: string | null;
}

/** Circuit breaker of a backend. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Live figures of one backend. The engine owns and changes them; a decision reads them at one moment. */
export interface BackendState {
  readonly breaker: BreakerState;
  /** When an open breaker lets a probe through, ms on the monotonic clock; 0 when closed. */
  readonly probeAtTick: number;
  /** True while the one probe of a half-open breaker is under way. */
  readonly probing: boolean;
  /** Rate-limited or credential refused until then, ms on the monotonic clock; 0 = not parked. */
  readonly parkedUntilTick: number;
  readonly parkedBecause: 'rate-limit' | 'auth' | null;
  readonly inFlight: number;
  /** Smoothed time to first content, ms; null = not seen yet. */
  readonly ttftMs: number | null;
}

/** Figures of all backends at one moment, by `Backend.index`. */
export interface StateView {
  /** Monotonic ms of the moment. */
  readonly tick: number;
  /** Wall clock of the moment, ms since the epoch. */
  readonly at: number;
  readonly backends: readonly BackendState[];
}

/** Why a backend is out. */
export interface Rejection {
  /** The constraint or filter that said no. */
  readonly id: string;
  readonly kind: 'health' | 'budget' | 'policy' | 'request' | 'artifact' | 'location';
  /** What was looked at, for example `compute.countries`. */
  readonly key: string;
  readonly want: string;
  readonly got: string;
  /** For `health`: when it may be in again, ms from now; null = not known. */
  readonly retryAfterMs: number | null;
}

/** A hard constraint or a condition of health. Pure. */
export interface Filter {
  readonly id: string;
  /** Its `when`, asked once per request; absent = always. */
  active?(facts: RequestFacts, state: StateView): boolean;
  /** Known at load: true keeps, false rejects, null = depends on the request. */
  compile?(candidate: Candidate): boolean | null;
  reject(candidate: Candidate, facts: RequestFacts, state: StateView): Rejection | null;
}

/** Part of the score, USD for this request. null = unknown: ranks after every known price. */
export interface Price {
  readonly id: string;
  usd(candidate: Candidate, facts: RequestFacts, state: StateView): number | null;
}

/** A candidate with its score. */
export interface Scored {
  readonly candidate: Candidate;
  readonly usd: number | null;
  readonly parts: Readonly<Record<string, number | null>>;
}

/** Orders what is left. */
export interface Picker {
  readonly id: string;
  order(scored: readonly Scored[], facts: RequestFacts, state: StateView, random: Random): readonly Scored[];
}

/** A plan under construction. */
export interface PlanDraft {
  readonly attempts: Attempt[];
  readonly eligible: readonly Scored[];
}

/** Shapes the plan; may add attempts among the eligible, never anything else. */
export interface PlanStep {
  readonly id: string;
  apply(draft: PlanDraft, facts: RequestFacts, state: StateView, random: Random): void;
}

/** One try: which backend, and after which failures of the attempt before it. */
export interface Attempt {
  readonly backend: Backend;
  readonly mode: 'primary' | 'fallback' | 'retry' | 'hedge' | 'shadow';
  /** Failure classes of the previous attempt after which this one is tried; empty for the first. */
  readonly when: readonly FailureClass[];
}

/** Why there is no plan. `code` is one of the four of "nothing qualifies" or a narrower one. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs: number | null;
  /** Constraint ids with how many backends each blocked: for every caller. */
  readonly blockedBy: readonly { readonly constraint: string; readonly backends: number }[];
}

/** What happened to one candidate. `rejections` is empty for eligible ones. */
export interface CandidateTrace {
  readonly candidate: Candidate;
  readonly rejections: readonly Rejection[];
  readonly usd: number | null;
  readonly parts: Readonly<Record<string, number | null>>;
}

/** The whole decision. Equal inputs give equal plans. */
export interface Plan {
  readonly attempts: readonly Attempt[];
  readonly refusal: Refusal | null;
  /** The rule that matched. */
  readonly rule: string;
  readonly lossy: LossyMode;
  /** Deadline over all attempts, ms; null = the backends' own limits only. */
  readonly deadlineMs: number | null;
  readonly trace: readonly CandidateTrace[];
}

/** What happens to a request that cannot be said without loss. */
export type LossyMode = 'allow' | 'warn' | 'refuse';

/** The compiled policy. Engine and routes carry it; only `policies` look inside. */
export interface PolicySnapshot {
  /** `sha256:` and 64 hexadecimal digits over the validated policy sections. */
  readonly digest: string;
  readonly [inner: symbol]: unknown;
}

/** Makes the plan. Pure: all it knows are its arguments. */
export type PlanFunction = (policy: PolicySnapshot, facts: RequestFacts, state: StateView, random: Random) => Plan;

/** Judges one backend again right before something leaves; the permit is the only way out. */
export type RecheckFunction = (
  policy: PolicySnapshot,
  facts: RequestFacts,
  backend: Backend,
  state: StateView,
  purpose: EgressPurpose,
  decision: string,
) => EgressPermit | Rejection;

/** Writes the explain record of a plan (notes in docs/policies.md). `full` includes backends' details: permission `explain`. */
export type ExplainFunction = (
  policy: PolicySnapshot,
  facts: RequestFacts,
  state: StateView,
  plan: Plan,
  decision: { readonly id: string; readonly seed: number },
  full: boolean,
) => JsonObject;
