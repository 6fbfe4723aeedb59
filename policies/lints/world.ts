/** A compiled policy as lints look at it: constraints with their place in the file, and who may answer which kind of request. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Backend, ModelAlias } from '../../src/core/backend.ts';
import type { ConfigFinding, ConfigPath, WholeConfig } from '../../src/core/config.ts';
import type { PolicySnapshot } from '../../src/core/policy.ts';
import { compileExpression, isAlways } from '../expressions.ts';
import { bitsOf } from '../filters/capability.ts';
import { isIn, type Mask } from '../mask.ts';
import { appliesTo, constraintsIn, type ScopedConstraint } from '../scopes.ts';
import { partsOf } from '../snapshot.ts';
import { zonesOf, type Zones } from '../zones.ts';
import { casesOf, certain, namesModel, type CallerCase, type Case } from './cases.ts';

/** A constraint with its condition as a tree; null = it always holds. */
export interface LintConstraint extends ScopedConstraint {
  readonly tree: ASTNode | null;
}

/** A kind of request with what conditions say of it. */
export interface Kind extends Case {
  /** Of each rule: true, false, or null where it depends on the request. */
  readonly rules: readonly (boolean | null)[];
  /** The same of each constraint; false where it is not the caller's. */
  readonly constraints: readonly (boolean | null)[];
  /** The models that a request of this kind may ask for. */
  readonly models: readonly ModelAlias[];
  /** By model: the backends that constraints and capabilities leave, waivers counted. Filled in when first asked. */
  readonly eligible: Map<ModelAlias, readonly Backend[]>;
}

/** What every lint is handed. */
export interface LintWorld {
  readonly whole: WholeConfig;
  readonly snapshot: PolicySnapshot;
  /** Wall clock, ms since the epoch. */
  readonly at: number;
  readonly zones: Zones;
  readonly constraints: readonly LintConstraint[];
  /** Least class and fewest labels first. */
  readonly kinds: readonly Kind[];
  readonly backends: readonly Backend[];
  readonly aliases: readonly ModelAlias[];
}

/** One check over a compiled policy. */
export type Lint = (world: LintWorld) => readonly ConfigFinding[];

/** Makes the world of a file that passed every check. */
export function createWorld(whole: WholeConfig, snapshot: PolicySnapshot, at: number): LintWorld {
  const constraints = constraintsIn(whole).map((one) => ({ ...one, tree: treeOf(one.config.when) }));
  const rules = whole.rules.map(({ match }) => treeOf(match));
  const trees = [...constraints.map(({ tree }) => tree), ...rules].filter((tree) => tree !== null);
  const { backends, aliases } = partsOf(snapshot, { at, key: null, tenant: null });
  const models = [...aliases.values()];
  const isByModel = namesModel(trees);
  const kinds = casesOf(whole, trees).flatMap((one) => {
    const allowed = modelsFor(whole, models, one);
    const each = isByModel ? allowed.map((alias) => [alias]) : [allowed];
    return each.map((list): Kind => {
      const kind = { ...one, model: isByModel ? nameOf(list[0]) : null };
      return {
        ...kind,
        rules: rules.map((tree) => certain(tree, kind)),
        constraints: constraints.map((own) => appliesTo(own, kind) && certain(own.tree, kind)),
        models: list,
        eligible: new Map(),
      };
    });
  });
  return { whole, snapshot, at, zones: zonesOf(whole.zones), constraints, kinds, backends, aliases: models };
}

function treeOf(when: string | undefined): ASTNode | null {
  return when === undefined || isAlways(when) ? null : (compileExpression(when).expression?.tree ?? null);
}

/** The catch-all has any name. */
function nameOf(alias: ModelAlias | undefined): string | null {
  return alias === undefined || alias.id === '*' ? null : alias.id;
}

function modelsFor({ keys }: WholeConfig, aliases: readonly ModelAlias[], { key }: CallerCase): readonly ModelAlias[] {
  const allowed = key === null ? undefined : keys?.[key]?.models;
  return allowed === undefined ? aliases : aliases.filter(({ id }) => id === '*' || allowed.includes(id));
}

/** The constraints that hold for every request of a kind. */
export function activeFor({ constraints }: LintWorld, kind: Kind): readonly LintConstraint[] {
  return constraints.filter((_one, i) => kind.constraints[i] === true);
}

/** The backends of a model that are left for a kind of request. */
export function eligibleFor(world: LintWorld, alias: ModelAlias, kind: Kind): readonly Backend[] {
  let known = kind.eligible.get(alias);
  if (known === undefined) kind.eligible.set(alias, (known = leftFor(world, alias, kind)));
  return known;
}

function leftFor(world: LintWorld, alias: ModelAlias, kind: Kind): readonly Backend[] {
  const keeps = keepsOf(world, kind);
  const masks = activeFor(world, kind).flatMap(({ config }) => keeps.get(config.id) ?? []);
  const needs = bitsOf(kind.needs);
  return alias.candidates
    .map(({ backend }) => backend)
    .filter(
      ({ index, capabilities }) => (capabilities.absent & needs) === 0 && masks.every((mask) => isIn(mask, index)),
    );
}

/** Id of a constraint -> the backends that it keeps for a caller. */
function keepsOf({ snapshot, at }: LintWorld, { key, tenant }: CallerCase): ReadonlyMap<string, Mask> {
  const parts = partsOf(snapshot, { at, key, tenant });
  let known = KEEPS.get(parts);
  if (known === undefined) {
    known = new Map([...parts.always, ...parts.conditional].map(({ filter, keeps }) => [filter.id, keeps]));
    KEEPS.set(parts, known);
  }
  return known;
}

const KEEPS = new WeakMap<object, ReadonlyMap<string, Mask>>();

/** Where a finding about a constraint points, with a key below it. */
export function placeOf({ at }: ScopedConstraint, ...below: readonly string[]): ConfigPath {
  return [...at, ...below];
}
