/** L2: rules that want several backends which do not fail together, and kinds of request that have fewer. */
import type { Backend, ModelAlias } from '../../src/core/backend.ts';
import type { ConfigFinding, RedundancyConfig } from '../../src/core/config.ts';
import { dataClassOf } from '../../src/core/data-class.ts';
import { describeCase } from './cases.ts';
import { eligibleFor, type Kind, type Lint, type LintWorld } from './world.ts';

/**
 * Reports the least protected kind per rule and model. For ordinary requests it is an error, for more protected ones a warning.
 * That nobody may answer at all is another finding.
 */
export const redundancy: Lint = (world) =>
  world.whole.rules.flatMap(({ attempts }, index) => {
    const wanted = attempts?.redundancy;
    return wanted === undefined ? [] : world.aliases.flatMap((alias) => lacking(world, index, wanted, alias) ?? []);
  });

function lacking(world: LintWorld, index: number, wanted: RedundancyConfig, alias: ModelAlias): ConfigFinding | null {
  const { min, distinct } = wanted;
  for (const kind of world.kinds) {
    if (!kind.models.includes(alias) || !mayMatch(kind, index)) continue;
    const eligible = eligibleFor(world, alias, kind);
    const apart = new Set(eligible.flatMap((backend) => sortOf(backend, distinct)));
    if (eligible.length === 0 || apart.size >= min) continue;
    const known = `${apart.size} known ${distinct} (${[...apart].join(', ') || 'none'})`;
    return {
      at: ['rules', index, 'attempts', 'redundancy'],
      code: 'too-little-redundancy',
      level: isOrdinary(world, kind) ? 'error' : 'warning',
      message: `model "${alias.id}" has ${known} for ${describeCase(kind)}, ${min} are wanted`,
      fix: `add a backend with another ${distinct}, state it where it is unknown, or want less`,
    };
  }
  return null;
}

function isOrdinary({ whole }: LintWorld, { class: rank, labels, needs }: Kind): boolean {
  return rank === dataClassOf(whole.defaults.class) && labels.length === 0 && needs.length === 0;
}

/** True where some request of the kind comes to the rule. */
function mayMatch({ rules }: Kind, index: number): boolean {
  if (rules[index] === false) return false;
  const first = rules.indexOf(true);
  return first === -1 || first >= index;
}

/** What must differ; unknown is not counted as different. */
function sortOf(backend: Backend, distinct: RedundancyConfig['distinct']): readonly string[] {
  if (distinct === 'provider') return [backend.provider];
  const value = backend.facts.get(distinct)?.value;
  if (value === undefined) return [];
  return [typeof value === 'object' ? value.toSorted().join('+') : String(value)];
}
