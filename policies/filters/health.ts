/** A backend that is parked, or whose breaker is open or busy with its one probe, is out for now. */
import type { BackendState, Filter, Rejection } from '../../src/core/policy.ts';

/** Rejects candidates that should not be tried at this moment. A backend without figures has done nothing wrong yet. */
export const health: Filter = Object.freeze({
  id: 'health',
  reject({ backend }, _facts, { backends, tick }) {
    const figures = backends[backend.index];
    return figures === undefined ? null : unwell(figures, tick);
  },
} satisfies Filter);

function unwell(figures: BackendState, tick: number): Rejection | null {
  const { parkedUntilTick, breaker, probeAtTick } = figures;
  if (parkedUntilTick > tick) {
    return rejection('not parked', `parked: ${figures.parkedBecause ?? 'unsaid'}`, parkedUntilTick - tick);
  }
  if (breaker === 'closed') return null;
  if (breaker === 'open' && tick < probeAtTick) return rejection('breaker closed', 'open', probeAtTick - tick);
  return figures.probing ? rejection('breaker closed', 'half-open, its probe is under way', null) : null;
}

function rejection(want: string, got: string, retryAfterMs: number | null): Rejection {
  return { id: 'health', kind: 'health', key: 'health', want, got, retryAfterMs };
}
