/** L1: kinds of request that no backend may answer. */
import type { ConfigFinding } from '../../src/core/config.ts';
import { dataClassOf } from '../../src/core/data-class.ts';
import { judgeGiven } from '../given.ts';
import { describeCase, isWithin, type Case } from './cases.ts';
import { activeFor, eligibleFor, placeOf, type Kind, type Lint, type LintWorld } from './world.ts';

/**
 * Reports the least protected kinds whose every request is refused, whatever model it asks for. A test that expects the refusal says
 * that it is meant. What only two labels or a feature together bring about is a warning.
 */
export const starved: Lint = (world) => {
  const { kinds, constraints, aliases } = world;
  if (constraints.length === 0 || aliases.length === 0) return [];
  const meant = meantRefusals(world);
  const found: Kind[] = [];
  const findings: ConfigFinding[] = [];
  for (const one of kinds) {
    if (found.some((less) => isWithin(less, one)) || !isStarved(world, one)) continue;
    found.push(one);
    if (!meant.some((test) => test.class <= one.class && test.labels.every((label) => one.labels.includes(label)))) {
      findings.push(findingOf(world, one));
    }
  }
  return findings;
};

/** Where conditions ask for the model by name, a kind is of one model, and others may be there for its class. */
function isStarved(world: LintWorld, one: Kind): boolean {
  const alike = world.kinds.filter((kind) => isWithin(one, kind) && isWithin(kind, one));
  const models = alike.flatMap((kind) => kind.models.map((alias) => eligibleFor(world, alias, kind).length));
  return models.length > 0 && models.every((left) => left === 0);
}

function findingOf(world: LintWorld, one: Kind): ConfigFinding {
  const active = activeFor(world, one);
  const names = active.map(({ config }) => config.id);
  const last = active.findLast(({ tree }) => tree !== null) ?? active.at(-1);
  return {
    at: last === undefined ? ['constraints'] : placeOf(last, 'require'),
    code: 'nobody-may-answer',
    level: one.labels.length + one.needs.length > 1 ? 'warning' : 'error',
    message: `no backend may answer ${describeCase(one)}: ${names.join(', ') || 'capabilities'} together leave none`,
    fix: 'add a backend that satisfies them, or a test that expects code: policy-no-eligible-backend if that is meant',
  };
}

/** What the tests of the file expect to be refused. */
function meantRefusals({ whole, snapshot, at }: LintWorld): readonly Pick<Case, 'class' | 'labels'>[] {
  return whole.tests
    .filter(({ expect }) => expect.code === 'policy-no-eligible-backend' || expect.status === 403)
    .map(({ given }) => {
      const judged = judgeGiven(given, whole, snapshot, { at, seed: 0 });
      return judged?.facts.data ?? { class: dataClassOf(given.class ?? 'restricted') ?? 3, labels: [] };
    });
}
