/** L5: constraints that hold together for some kind of request and that no backend in the world could satisfy together. */
import type { ConfigFinding } from '../../src/core/config.ts';
import { excludes } from '../checks/contradiction.ts';
import { FACT_KEYS } from '../facts.ts';
import { describeCase } from './cases.ts';
import { placeOf, type Lint, type LintConstraint, type LintWorld } from './world.ts';

/** Reports each pair once, at the later one. Pairs that always hold are found before anything is compiled. */
export const contradictory: Lint = (world) =>
  world.constraints.flatMap((later, i) =>
    world.constraints.slice(0, i).flatMap((earlier) => contradiction(world, earlier, later)),
  );

function contradiction(world: LintWorld, a: LintConstraint, b: LintConstraint): readonly ConfigFinding[] {
  if (a.tree === null && b.tree === null) return [];
  const key = FACT_KEYS.find((name) => {
    const [one, other] = [a.config.require[name], b.config.require[name]];
    return one !== undefined && other !== undefined && excludes(name, one, other, world.zones);
  });
  if (key === undefined) return [];
  const [i, k] = [world.constraints.indexOf(a), world.constraints.indexOf(b)];
  const together = world.kinds.find(({ constraints }) => constraints[i] === true && constraints[k] === true);
  if (together === undefined) return [];
  return [
    {
      at: placeOf(b, 'require', key),
      code: 'contradictory-constraints',
      message: `no ${key} can satisfy this and the constraint "${a.config.id}" for ${describeCase(together)}`,
      fix: 'loosen one of them, or let their conditions exclude each other',
    },
  ];
}
