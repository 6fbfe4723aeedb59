/** What of a plan an operation beside chat may use; a plan is only ever narrowed. */
import type { Plan } from '../../core/policy.ts';
import type { Exchange } from '../exchange.ts';
import { COUNT_PATHS, isStored, STORED } from './operations.ts';

/**
 * The plan as far as it serves the operation. Tokens are counted where the message itself would go first, or by nobody: a backend that would
 * only see the message if others fail is no reason to show it to them. No attempts = nobody counts.
 */
export function planSide({ call: { operation } }: Exchange, plan: Plan): Plan {
  if (isStored(operation)) return STORED[operation].once ? { ...plan, attempts: plan.attempts.slice(0, 1) } : plan;
  if (operation !== 'count-tokens') return plan;
  const [first] = plan.attempts;
  if (first === undefined || !counts(first.backend)) return { ...plan, attempts: [] };
  return { ...plan, attempts: plan.attempts.filter(({ backend }) => counts(backend)) };
}

function counts(backend: Plan['attempts'][number]['backend']): boolean {
  return backend.serves.has('count-tokens') && COUNT_PATHS[backend.dialect.protocol] !== undefined;
}
