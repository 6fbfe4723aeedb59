/** A backend whose pool has no slot left and no place in its queue is out for now: it is as busy as its operator allows. */
import type { Filter, PoolState } from '../../src/core/policy.ts';

/** The id under which full pools report. */
export const SLOTS_ID = 'slots';

/** The least time after which it is worth asking again, ms: slots come free one by one. */
const LEAST_WAIT_MS = 1000;

/**
 * Rejects candidates of pools that would turn a request away now. Only plans ask: what is judged again right before it leaves holds its
 * slot already.
 */
export const slots: Filter = Object.freeze({
  id: SLOTS_ID,
  compile: ({ backend }) => (backend.pool === null ? true : null),
  reject({ backend: { pool: index } }, _facts, { pools }) {
    const pool = index === null ? undefined : pools[index];
    if (pool === undefined || !isFull(pool)) return null;
    return {
      id: SLOTS_ID,
      kind: 'health',
      key: 'pool',
      want: 'a free slot, or room in the queue',
      got: `${pool.running} of ${pool.slots} slots busy, ${pool.waiting} of ${pool.maxWaiting} waiting`,
      retryAfterMs: Math.max(LEAST_WAIT_MS, Math.round(pool.holdMs)),
    };
  },
} satisfies Filter);

function isFull({ running, slots: all, waiting, maxWaiting }: PoolState): boolean {
  return running >= all && waiting >= maxWaiting;
}
