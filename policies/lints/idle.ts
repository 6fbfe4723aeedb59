/** L3 and L4: rules that no request comes to, and constraints that never hold. */
import type { ConfigFinding } from '../../src/core/config.ts';
import { appliesTo } from '../scopes.ts';
import { placeOf, type Lint, type LintWorld } from './world.ts';

/** Reports both; a rule that earlier ones always take the requests of is an error. */
export const idle: Lint = (world) => [...idleRules(world), ...idleConstraints(world)];

function idleRules({ whole, kinds }: LintWorld): ConfigFinding[] {
  // the last rule must be there, whether or not something is left for it
  return whole.rules.slice(0, -1).flatMap(({ id }, i): ConfigFinding[] => {
    const mine = kinds.map(({ rules }) => rules).filter((row) => row[i] !== false);
    if (kinds.length === 0 || mine.some((row) => !row.slice(0, i).includes(true))) return [];
    if (mine.length === 0) {
      const message = `the rule "${id}" never holds: no request of this gateway is like that`;
      return [
        {
          at: ['rules', i, 'match'],
          code: 'idle-rule',
          level: 'warning',
          message,
          fix: 'mend the condition, or remove it',
        },
      ];
    }
    const takers = new Set(mine.map((row) => row.indexOf(true)));
    const names = whole.rules.filter((_rule, k) => takers.has(k)).map((rule) => rule.id);
    const message = `the rule "${id}" is never reached: ${names.join(', ')} take its requests first`;
    return [{ at: ['rules', i], code: 'unreachable-rule', message, fix: 'move it up, or remove it' }];
  });
}

function idleConstraints({ constraints, kinds }: LintWorld): ConfigFinding[] {
  return constraints
    .filter((constraint, i) => {
      const mine = kinds.filter((kind) => appliesTo(constraint, kind));
      return mine.length > 0 && mine.every((kind) => kind.constraints[i] === false);
    })
    .map((constraint) => ({
      at: placeOf(constraint, 'when'),
      code: 'idle-constraint',
      level: 'warning',
      message: `the constraint "${constraint.config.id}" never holds: no request of this gateway is like that`,
      fix: 'mend the condition, or remove it',
    }));
}
