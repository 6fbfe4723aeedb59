/** Rules: every one can be reached, the last catches the rest, and none contradicts itself. */
import type { ConfigReport, WholeConfig } from '../../src/core/config.ts';
import { isAlways } from '../expressions.ts';
import { checkExpression } from './expressions.ts';
import { checkIds } from './ids.ts';

/** Checks the whole section. */
export function checkRules({ rules }: WholeConfig, report: ConfigReport): void {
  checkIds(
    rules.map(({ id }, i) => ({ id, at: ['rules', i, 'id'] })),
    [],
    report,
  );
  const earlier = new Map<string, string>();
  let catchAll: string | null = null;
  for (const [i, { id, match, pick, objective }] of rules.entries()) {
    if (!isAlways(match)) checkExpression(['rules', i, 'match'], match, report);
    const text = match.trim();
    const before = catchAll ?? earlier.get(text) ?? null;
    if (before !== null) {
      report.add({
        at: ['rules', i],
        code: 'unreachable-rule',
        message: `the rule "${id}" is never reached: "${before}" takes its requests first`,
        fix: 'move it up, or remove it',
      });
    }
    if (isAlways(match)) catchAll ??= id;
    if (!earlier.has(text)) earlier.set(text, id);
    if (pick !== undefined && pick !== 'cheapest' && objective !== undefined) {
      report.add({
        at: ['rules', i, 'pick'],
        code: 'contradictory-rule',
        message: `pick: ${pick} and objective: { minimise: ${objective.minimise} } cannot both hold`,
        fix: 'keep one of the two',
      });
    }
  }
  const last = ['rules', rules.length - 1];
  // what is wrong with the last one may be its match
  if (rules.length > 0 && catchAll === null && report.isLast(last) && report.isSound([...last, 'match'])) {
    report.add({
      at: last,
      code: 'missing-final-rule',
      message: 'requests that no rule matches have none',
      fix: `add a last one: { id: default, match: 'true' }`,
    });
  }
}
