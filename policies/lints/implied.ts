/** L3: constraints that say nothing which another one does not say already. */
import { EVIDENCE_GRADES, type FactKey } from '../../src/core/backend.ts';
import type { ConfigFinding, ConstraintConfig } from '../../src/core/config.ts';
import { implies } from '../checks/contradiction.ts';
import { FACT_KEYS } from '../facts.ts';
import { LOCATION_KEY } from '../filters/location.ts';
import type { Zones } from '../zones.ts';
import { placeOf, type Lint, type LintConstraint, type LintWorld } from './world.ts';

/** Of two that say the same, the later one is reported. */
export const implied: Lint = (world) =>
  world.constraints.flatMap((constraint, i): ConfigFinding[] => {
    const by = world.constraints.find(
      (other, k) => k !== i && saysAll(other, constraint, world) && (k < i || !saysAll(constraint, other, world)),
    );
    if (by === undefined) return [];
    return [
      {
        at: placeOf(constraint),
        code: 'implied-constraint',
        level: 'warning',
        message: `the constraint "${constraint.config.id}" adds nothing: "${by.config.id}" requires all of it whenever it holds`,
        fix: 'remove it, or tighten it',
      },
    ];
  });

/** True where `a` holds whenever `b` does, and whatever satisfies `a` satisfies `b`. */
function saysAll(a: LintConstraint, b: LintConstraint, world: LintWorld): boolean {
  return requiresAll(a.config, b.config, world.zones) && isWider(a, b) && holdsWith(a, b, world);
}

function requiresAll(a: ConstraintConfig, b: ConstraintConfig, zones: Zones): boolean {
  if (b.require[LOCATION_KEY] !== undefined) return false;
  if (gradeOf(a) < gradeOf(b)) return false;
  return FACT_KEYS.every((key: FactKey) => {
    const [strong, weak] = [a.require[key], b.require[key]];
    return weak === undefined || (strong !== undefined && implies(key, strong, weak, zones));
  });
}

function gradeOf({ min_grade: grade = 'declared' }: ConstraintConfig): number {
  return EVIDENCE_GRADES.indexOf(grade);
}

function isWider(a: LintConstraint, b: LintConstraint): boolean {
  return a.scope === 'gateway' || a.scope === b.scope;
}

function holdsWith(a: LintConstraint, b: LintConstraint, { constraints, kinds }: LintWorld): boolean {
  if (a.tree === null || a.config.when?.trim() === b.config.when?.trim()) return true;
  const [i, k] = [constraints.indexOf(a), constraints.indexOf(b)];
  return kinds.every((kind) => kind.constraints[k] === false || kind.constraints[i] === true);
}
