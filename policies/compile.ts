/** The policy sections of a checked configuration, compiled once into a frozen snapshot. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Backend, ModelAlias, PickerId } from '../src/core/backend.ts';
import type { RuleConfig, WholeConfig } from '../src/core/config.ts';
import type { ClassifyStage, Filter, LossyMode, Objective, PolicySnapshot } from '../src/core/policy.ts';
import { endOfDay } from '../src/core/units.ts';
import { createStage } from './classify/stage.ts';
import { compileParts, mayReject, type CommonParts, type ReadyConstraint } from './compile-parts.ts';
import { readsOf } from './evidence/reads.ts';
import { compileExpression, isAlways, type Expression } from './expressions.ts';
import { endsOf } from './facts.ts';
import { artifact } from './filters/artifact.ts';
import { capability } from './filters/capability.ts';
import { contextWindow } from './filters/context-window.ts';
import { health } from './filters/health.ts';
import { slots } from './filters/slots.ts';
import { cheapest } from './pickers/cheapest.ts';
import { ordered } from './pickers/ordered.ts';
import { sticky } from './pickers/sticky.ts';
import { weighted } from './pickers/weighted.ts';
import { classesIn, readsData } from './reads-data.ts';
import { constraintsIn, ScopedParts } from './scopes.ts';
import { sealSnapshot, type CompiledRule, type PickerEntry } from './snapshot.ts';
import { zonesOf } from './zones.ts';

/** Attempts per request where a rule does not say. */
export const DEFAULT_MAX_ATTEMPTS = 3;

/** The id of the rule that applies where the file has none. */
export const DEFAULT_RULE_ID = 'default';

/** The filters that look at the request and at the state; their ids are not free for constraints. */
export const REQUEST_FILTERS: readonly Filter[] = Object.freeze([capability, contextWindow, artifact, health, slots]);

/** Every picker by the name that files use. */
export const PICKERS: Readonly<Record<PickerId, PickerEntry>> = Object.freeze({
  ordered: { picker: ordered, priced: false },
  weighted: { picker: weighted, priced: false },
  cheapest: { picker: cheapest, priced: true },
  sticky: { picker: sticky, priced: false },
});

/** What a policy is compiled from: the validated file and what the other rooms made of it. */
export interface PolicyInput {
  readonly whole: WholeConfig;
  /** In order of `Backend.index`. */
  readonly backends: readonly Backend[];
  readonly aliases: ReadonlyMap<string, ModelAlias>;
  /** `sha256:` and 64 hexadecimal digits over the validated policy sections. */
  readonly digest: string;
  /** The same over the catalogue rows and published prices that its backends go by. */
  readonly catalogue: string;
}

/** A configuration that `createPolicyCheck` would have refused reached the compiler. */
export class PolicyCompileError extends Error {}

/**
 * Compiles the policy.
 * @throws PolicyCompileError when an expression does not compile or the last rule does not match everything; `createPolicyCheck`
 * reports both with their position, so that a loaded file never comes to this
 */
export function compilePolicy({ whole, backends, aliases, digest, catalogue }: PolicyInput): PolicySnapshot {
  const { waivers = [], gateway } = whole;
  const constraints = constraintsIn(whole).map((one) => ({ ...one, when: conditionOf(one.config.when) }));
  const common: CommonParts = {
    backends,
    aliases,
    constraints,
    waivers,
    zones: zonesOf(whole.zones),
    countries: gateway.countries,
    builtin: REQUEST_FILTERS.filter((filter) => backends.some((backend) => mayReject(filter, backend))),
    regions: Object.values(gateway.regions ?? {}),
    rules: compileRules(whole.rules, gateway.lossy),
    pickers: PICKERS,
    reads: readsOf(treesOf(whole, constraints)),
  };
  const ends = [
    ...backends.flatMap(({ facts }) => [...facts.values()].flatMap(endsOf)),
    ...waivers.map(({ expires }) => endOfDay(expires)),
  ];
  const sticks = [...whole.rules, ...Object.values(whole.models)].some(({ pick }) => pick === 'sticky');
  return sealSnapshot(
    { digest, catalogue, classify: compileStage(whole, constraints), sticky: sticks },
    new ScopedParts(whole, ends, (caller, at) => compileParts(common, caller, at)),
  );
}

/** Every condition of constraints and rules. */
function treesOf({ rules }: WholeConfig, constraints: readonly ReadyConstraint[]): readonly ASTNode[] {
  const conditions = [...constraints.map(({ when }) => when), ...rules.map(({ match }) => conditionOf(match))];
  return conditions.flatMap((condition) => condition?.tree ?? []);
}

function compileStage(whole: WholeConfig, constraints: readonly ReadyConstraint[]): ClassifyStage | null {
  const trees = treesOf(whole, constraints);
  const named = trees.flatMap(classesIn);
  return createStage({ whole, condition: conditionOf, named, isRead: trees.some(readsData) });
}

function compileRules(rules: readonly RuleConfig[], lossy: LossyMode): readonly CompiledRule[] {
  const configured = rules.length > 0 ? rules : [{ id: DEFAULT_RULE_ID, match: 'true' }];
  const compiled = configured.map((rule, index) => compileRule(rule, index, lossy));
  if (compiled.at(-1)?.match !== null) throw new PolicyCompileError(`The last rule must have match: 'true'`);
  return Object.freeze(compiled);
}

function compileRule(rule: RuleConfig, index: number, lossy: LossyMode): CompiledRule {
  return Object.freeze({
    id: rule.id,
    match: conditionOf(rule.match),
    lossy: rule.lossy ?? lossy,
    pick: rule.pick ?? (rule.objective?.minimise === 'cost' ? 'cheapest' : null),
    maxAttempts: rule.attempts?.max ?? DEFAULT_MAX_ATTEMPTS,
    deadlineMs: rule.attempts?.deadline ?? null,
    objective: compileObjective(rule.objective, index),
    tieBreak: rule.objective?.tie_break ?? null,
  });
}

/** Share of requests that must keep the limits, where a rule does not say: what the `p95` of their names means. */
const DEFAULT_ATTAINMENT = 0.95;
const DEFAULT_GUARD = 0.25;

function compileObjective(objective: RuleConfig['objective'], index: number): Objective | null {
  const limits = objective?.subject_to;
  if (limits === undefined) return null;
  return Object.freeze({
    index,
    ttftMs: limits.ttft_p95 ?? null,
    tpotMs: limits.tpot_p95 ?? null,
    attainment: limits.attainment ?? DEFAULT_ATTAINMENT,
    guard: objective?.guard ?? DEFAULT_GUARD,
  });
}

/** null = always. */
function conditionOf(text: string | undefined): Expression | null {
  if (text === undefined || isAlways(text)) return null;
  const { expression, problem } = compileExpression(text);
  if (problem !== null) throw new PolicyCompileError(`${problem.message} in: ${text}`);
  return expression;
}
