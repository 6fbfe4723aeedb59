/** The inside of a policy snapshot, which only this room can read. */
import type { Backend, ModelAlias, PickerId } from '../src/core/backend.ts';
import type {
  Filter,
  LossyMode,
  Objective,
  Picker,
  PolicySnapshot,
  Rejection,
} from '../src/core/policy.ts';
import type { Expression } from './expressions.ts';
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
}

/** A picker, and whether it looks at prices. */
export interface PickerEntry {
  readonly picker: Picker;
  readonly priced: boolean;
}

/** A filter whose verdict on every backend is known at load, and with it what it says. */
export interface StaticFilter {
  readonly filter: Filter;
  /** The backends that it keeps. */
  readonly keeps: Mask;
}

/** Everything that a decision reads besides the request and the state. */
export interface PolicyParts {
  readonly backends: readonly Backend[];
  readonly aliases: ReadonlyMap<string, ModelAlias>;
  /** The constraints of the file in order of their ids. */
  readonly constraints: readonly SovereigntyFilter[];
  /** Filters with a mask, in order of their ids: those that always hold, then those that ask the request first. */
  readonly always: readonly StaticFilter[];
  readonly conditional: readonly StaticFilter[];
  /** Filters that look at the request or at the state. */
  readonly dynamic: readonly Filter[];
  /** The backends that every filter of `always` keeps. */
  readonly kept: Mask;
  /** What `always` says of each of the others, filled in when first asked: it never changes. */
  readonly blocked: (readonly Rejection[] | null)[];
  /** In order; the last one matches everything. */
  readonly rules: readonly CompiledRule[];
  readonly pickers: Readonly<Record<PickerId, PickerEntry>>;
}

const INSIDE = Symbol('thalweg.policy');

class Inside {
  readonly parts: PolicyParts;
  constructor(parts: PolicyParts) {
    this.parts = Object.freeze(parts);
  }
}

/** Seals the parts into a snapshot. */
export function sealSnapshot(
  { digest, classify, sticky }: Omit<PolicySnapshot, symbol>,
  parts: PolicyParts,
): PolicySnapshot {
  return Object.freeze({ digest, classify, sticky, [INSIDE]: new Inside(parts) });
}

/**
 * The parts of a snapshot.
 * @throws TypeError when the snapshot was not made by `compilePolicy` of this copy of the room
 */
export function partsOf(snapshot: PolicySnapshot): PolicyParts {
  const inside = snapshot[INSIDE];
  if (inside instanceof Inside) return inside.parts;
  throw new TypeError('This policy snapshot was not made by compilePolicy');
}
