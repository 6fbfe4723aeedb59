/** What the constraints cost: how much cheaper the request could be with each of them dropped, one at a time. */
import type { JsonObject } from '../src/core/json.ts';
import type { CandidateTrace } from '../src/core/policy.ts';
import { withoutNoise } from './without-noise.ts';

/**
 * Compares the cheapest eligible candidate with the cheapest one that only constraints keep out. null where nothing can be
 * compared: no eligible candidate with a known price, or no other candidate that a constraint alone keeps out.
 */
export function priceOfPolicy(priced: readonly CandidateTrace[]): JsonObject | null {
  const paid = cheapestOf(priced, ({ rejections }) => rejections.length === 0);
  const free = cheapestOf(priced, isOnlyConstrained);
  if (paid === null || free === null) return null;
  const ids = new Set(
    priced.flatMap(({ rejections }) => rejections.filter(({ kind }) => kind === 'policy').map(({ id }) => id)),
  );
  const by: Record<string, number> = {};
  for (const id of [...ids].sort()) {
    const without = cheapestOf(priced, (one) => isOnlyConstrained(one) && one.rejections.every((r) => r.id === id));
    by[id] = without === null ? 0 : saved(paid.usd, without.usd);
  }
  return { cheapest_unconstrained: free.id, extra_usd: saved(paid.usd, free.usd), by };
}

/** True where constraints alone, or nothing, speak against a candidate. */
function isOnlyConstrained({ rejections }: CandidateTrace): boolean {
  return rejections.every(({ kind }) => kind === 'policy');
}

function cheapestOf(
  priced: readonly CandidateTrace[],
  counts: (one: CandidateTrace) => boolean,
): { readonly id: string; readonly usd: number } | null {
  let best: { id: string; usd: number } | null = null;
  for (const one of priced) {
    if (one.usd === null || !counts(one)) continue;
    if (best === null || one.usd < best.usd) best = { id: one.candidate.backend.id, usd: one.usd };
  }
  return best;
}

function saved(paid: number, without: number): number {
  return withoutNoise(Math.max(0, paid - without));
}
