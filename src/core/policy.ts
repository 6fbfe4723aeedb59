/** Judgements: facts of a request, state of the world, and the pure interfaces that turn them into a plan. */
import type { ArtifactState } from './artifact.ts';
import type { Backend, Candidate, EvidenceGrade, ModelAlias } from './backend.ts';
import type { ProtocolId } from './chat.ts';
import type { Random } from './clock.ts';
import type { DataFacts } from './data-class.ts';
import type { EgressPermit, EgressPurpose } from './egress.ts';
import type { ErrorCode, FailureClass } from './error-codes.ts';
import type { HeaderView } from './headers.ts';
import type { JsonObject } from './json.ts';
import type { LatencyView } from './latency-model.ts';
import type { Preference } from './preference.ts';

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
  /** Class and labels of what it carries. */
  readonly data: DataFacts;
  /** Hash of the beginning of the prompt, 32 bits; absent = nobody goes by it. */
  readonly stick?: number;
  /** Which backends the request wants; absent = it says nothing. */
  readonly preference?: Preference;
  /** Country in which this request is handled, where the runtime knows it; null = it should and does not; absent = as configured. */
  readonly place?: string | null;
  /** Sealed reasoning in the request; absent = none was looked for, or none is there. */
  readonly sealed?: SealedHint;
}

/** Where the sealed reasoning of a request was made (core/origin.ts); null = at some backend of the client's own language. */
export interface SealedHint {
  readonly origin: string | null;
}

/** Finds class and labels of a request. Pure: what earlier turns were is the engine's to remember. */
export interface ClassifyStage {
  /**
   * @param facts the request; its own `data` is not read
   * @param body the JSON text of the body, asked for only where a detector must look at it
   * @param media true where the request carries images, sound or files, as its codec says
   */
  classify(facts: RequestFacts, body: () => string, media: boolean): DataFacts;
  /** What earlier turns were, or null where nobody knows although the request refers to them. Never lowers. */
  raise(data: DataFacts, earlier: Pick<DataFacts, 'class' | 'labels'> | null): DataFacts;
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
  readonly latency: LatencyView;
}

/** Live figures of one pool: backends that share a number of slots. */
export interface PoolState {
  /** Requests that may run at a time. */
  readonly slots: number;
  readonly running: number;
  /** Requests that wait in the gateway for a slot, and how many may. */
  readonly waiting: number;
  readonly maxWaiting: number;
  /** How long a request holds a slot, ms, smoothed. */
  readonly holdMs: number;
  /** What a slot is worth to other requests, USD per ms. */
  readonly usdPerSlotMs: number;
}

/** What a rule wants of the speed of answers. */
export interface Objective {
  /** Position among the objectives of the policy. */
  readonly index: number;
  /** Limit for the time to first content, ms; null = none. */
  readonly ttftMs: number | null;
  /** Limit for the mean time per output token, ms; null = none. */
  readonly tpotMs: number | null;
  /** Share of requests that must keep the limits. */
  readonly attainment: number;
  /** Backends that are likelier than this to miss a limit come last. */
  readonly guard: number;
}

/** What decides between backends that cost the same: their order in the file, the electricity where they compute, or their speed. */
export type TieBreak = 'listed' | 'carbon' | 'latency';

/** Figures of all backends at one moment, by `Backend.index`. */
export interface StateView {
  /** Monotonic ms of the moment. */
  readonly tick: number;
  /** Wall clock of the moment, ms since the epoch. */
  readonly at: number;
  readonly backends: readonly BackendState[];
  /** By `Backend.pool`. */
  readonly pools: readonly PoolState[];
  /** By `Backend.index`, null where no artifact is asked for or nobody verifies it; absent = nobody verifies any. */
  readonly artifacts?: readonly (ArtifactState | null)[];
  /** What a missed limit costs, USD, by `Objective.index`; absent = the first guess. */
  readonly missUsd: readonly number[];
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
  /** How well what it got is known; absent = not a fact of a backend, or unknown. */
  readonly grade?: EvidenceGrade;
  /** Whose constraint it is: `gateway`, `tenant acme`, `key app`; absent = a built-in filter. */
  readonly scope?: string;
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
  usd(candidate: Candidate, facts: RequestFacts, state: StateView, miss: Miss | null): number | null;
}

/** How likely a candidate misses the objective, and what that costs. */
export interface Miss {
  readonly probability: number;
  /** Of one miss. */
  readonly usd: number;
}

/** A candidate with its score. */
export interface Scored {
  readonly candidate: Candidate;
  readonly usd: number | null;
  readonly parts: Readonly<Record<string, number | null>>;
  /** Probability of missing the objective; null = there is none, or it was not looked at. */
  readonly miss: number | null;
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
  /** Base URL of a gateway that may serve it, for `wrong-gateway-region`; absent or null = none is known. */
  readonly location?: string | null;
  /** The backend that the fewest constraints and filters keep out, and how many do; null where there is no backend. For callers that may explain. */
  readonly nearest: { readonly backend: string; readonly missing: number } | null;
}

/** A constraint that says no to a candidate and was waived. */
export interface Waived {
  readonly id: string;
  readonly constraint: string;
  readonly reason: string;
  readonly approver: string;
  /** The last day on which it counts, YYYY-MM-DD. */
  readonly expires: string;
}

/** What happened to one candidate. `rejections` is empty for eligible ones. */
export interface CandidateTrace {
  readonly candidate: Candidate;
  readonly rejections: readonly Rejection[];
  readonly usd: number | null;
  readonly parts: Readonly<Record<string, number | null>>;
  readonly miss: number | null;
  /** Waivers that let it in; absent = none. */
  readonly waived?: readonly Waived[];
}

/** The whole decision. Equal inputs give equal plans. */
export interface Plan {
  readonly attempts: readonly Attempt[];
  readonly refusal: Refusal | null;
  /** The rule that matched. */
  readonly rule: string;
  readonly lossy: LossyMode;
  /** null = the rule has none. */
  readonly objective: Objective | null;
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
  /** The same over the catalogue rows and published prices that its backends go by: with `digest` it says what a decision was made under. */
  readonly catalogue: string;
  /** Finds class and labels before a decision; null where nothing asks for them. */
  readonly classify: ClassifyStage | null;
  /** True when a picker goes by what a request belongs to: `RequestFacts.stick` is wanted. */
  readonly sticky: boolean;
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

/** Writes the record of a decision for the decision log (docs/policies.md): no content, and enough to make the decision again. */
export type WitnessFunction = (
  policy: PolicySnapshot,
  facts: RequestFacts,
  state: StateView,
  plan: Plan,
  decision: { readonly id: string; readonly seed: number },
) => JsonObject;
