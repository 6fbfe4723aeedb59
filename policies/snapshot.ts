/** The inside of a policy snapshot, which only this room can read. */
import type { Backend, ModelAlias, PickerId } from '../src/core/backend.ts';
import type {
  Filter,
  LossyMode,
  Objective,
  Picker,
  PolicySnapshot,
  Rejection,
  RequestFacts,
  TieBreak,
  Waived,
} from '../src/core/policy.ts';
import type { FactReads } from './evidence/reads.ts';
import type { Expression } from './expressions.ts';
import type { LocationFilter } from './filters/location.ts';
import type { SovereigntyFilter } from './filters/sovereignty.ts';
import type { Mask } from './mask.ts';

/** A rule, ready to be asked. */
export interface CompiledRule {
  readonly id: string;
  /** null = matches everything, without evaluation. */
  readonly match: Expression | null;
  readonly lossy: LossyMode;
  /** null = the alias's own. */
  readonly pick: PickerId | null;
  readonly maxAttempts: number;
  readonly deadlineMs: number | null;
  /** What it wants of the speed of answers; null = nothing. */
  readonly objective: Objective | null;
  /** What decides between equal costs before chance does; null = nothing. */
  readonly tieBreak: TieBreak | null;
}

/** A picker, and whether it looks at prices. */
export interface PickerEntry {
  readonly picker: Picker;
  readonly priced: boolean;
}

/** A filter whose verdict on every backend is known at load, and with it what it says. */
export interface StaticFilter {
  readonly filter: Filter;
  /** The backends that it keeps, those for which it is waived among them. */
  readonly keeps: Mask;
  /** By index of the backend: what waives it there; null = nothing is waived. */
  readonly waived: ReadonlyMap<number, readonly Waived[]> | null;
}

/** What the filters with masks say while certain of the conditional ones hold. */
export interface FixedVerdicts {
  /** The conditional ones that hold. */
  readonly active: readonly StaticFilter[];
  /** By index of the backend, filled in when first asked: it never changes. */
  readonly said: (readonly Rejection[] | null)[];
}

/** A filter that looks at the request or at the state. */
export interface DynamicFilter {
  readonly filter: Filter;
  /** The backends that it may reject: the others need not be asked about. */
  readonly concerns: Mask;
  /** By index of the backend: what waives it there; null = nothing is waived. */
  readonly waived: ReadonlyMap<number, readonly Waived[]> | null;
}

/** A gateway somewhere else. */
export interface GatewayRegion {
  readonly countries: readonly string[];
  readonly url: string;
}

/** Everything that a decision reads besides the request and the state. */
export interface PolicyParts {
  readonly backends: readonly Backend[];
  readonly aliases: ReadonlyMap<string, ModelAlias>;
  /** The constraints that hold for the caller in order of their ids. */
  readonly constraints: readonly SovereigntyFilter[];
  /** Filters with a mask, in order of their ids: those that always hold, then those that ask the request first. */
  readonly always: readonly StaticFilter[];
  readonly conditional: readonly StaticFilter[];
  /** Filters that look at the request or at the state. */
  readonly dynamic: readonly DynamicFilter[];
  /** The same for requests that say which backends they want. */
  readonly wishing: readonly DynamicFilter[];
  /** Those of them that look at where the gateway stands. */
  readonly locations: readonly LocationFilter[];
  /** Where the file says that the gateway stands; empty = not said. */
  readonly countries: readonly string[];
  /** Gateways in other places, in the order of the file. */
  readonly regions: readonly GatewayRegion[];
  /** What conditions look at, of the whole policy. */
  readonly reads: FactReads;
  /** True when a constraint is waived for a backend. */
  readonly waives: boolean;
  /** By which of the conditional filters hold: few of all combinations ever do. */
  readonly verdicts: Map<string | number, FixedVerdicts>;
  /** In order; the last one matches everything. */
  readonly rules: readonly CompiledRule[];
  readonly pickers: Readonly<Record<PickerId, PickerEntry>>;
}

const INSIDE = Symbol('thalweg.policy');

/** Where the parts come from: the constraints of a caller, as facts and waivers stand at a moment (ms since the epoch). */
export interface PartsSource {
  partsFor(tenant: string | null, key: string | null, at: number): PolicyParts;
}

class Inside {
  readonly scopes: PartsSource;
  constructor(scopes: PartsSource) {
    this.scopes = scopes;
  }
}

/** Seals what judgements are made of into a snapshot. */
export function sealSnapshot(face: Omit<PolicySnapshot, symbol>, scopes: PartsSource): PolicySnapshot {
  return Object.freeze({ ...face, [INSIDE]: new Inside(scopes) });
}

/**
 * What a request is judged by: the constraints of its caller, as facts and waivers stand at its moment.
 * @throws TypeError when the snapshot was not made by `compilePolicy` of this copy of the room
 */
export function partsOf(
  snapshot: PolicySnapshot,
  { tenant, key, at }: Pick<RequestFacts, 'tenant' | 'key' | 'at'>,
): PolicyParts {
  const inside = snapshot[INSIDE];
  if (inside instanceof Inside) return inside.scopes.partsFor(tenant, key, at);
  throw new TypeError('This policy snapshot was not made by compilePolicy');
}
