/** Keeps requests that belong together at one backend, whose caches know them, without letting it drown. */
import type { Picker, Scored, StateView } from '../../src/core/policy.ts';

/** How far a backend may be above its fair share of what is under way before the next one is taken. */
const BOUND = 1.25;

/**
 * Weighted rendezvous hashing (Thaler and Ravishankar, 1996; weights as in Schindelhauer and Schomaker, 2005): each backend draws
 * from the hash of what the request belongs to and its own id, so that a backend that comes or goes moves only its own requests.
 * Backends above their bounded load (Mirrokni, Thorup and Zadimoghaddam, SODA 2018) come after the others.
 */
export const sticky: Picker = Object.freeze({
  id: 'sticky',
  order(scored, facts, state) {
    if (scored.length < 2) return scored;
    const stick = facts.stick ?? textHash(facts.user ?? facts.key ?? facts.requestId);
    const limit = boundOf(scored, state);
    return scored
      .map((one) => ({ one, draw: drawOf(one, stick), full: loadOf(one, state) >= limit * one.candidate.weight }))
      .sort((a, b) => Number(a.full) - Number(b.full) || a.draw - b.draw)
      .map(({ one }) => one);
  },
} satisfies Picker);

/** Requests under way per unit of weight at which a backend is full: the mean, with this request, times the bound. */
function boundOf(scored: readonly Scored[], state: StateView): number {
  let load = 1;
  let weight = 0;
  for (const one of scored) {
    load += loadOf(one, state);
    weight += one.candidate.weight;
  }
  return Math.ceil((BOUND * load) / scored.length) * (scored.length / weight);
}

function loadOf({ candidate }: Scored, { backends }: StateView): number {
  return backends[candidate.backend.index]?.inFlight ?? 0;
}

/** An exponential time with the weight as rate: the earliest is first. */
function drawOf({ candidate: { backend, weight } }: Scored, stick: number): number {
  const uniform = (mixed(stick ^ textHash(backend.id)) + 0.5) / 4_294_967_296;
  return -Math.log(uniform) / weight;
}

/** What a request without content to go by belongs to: its user, or its key. */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
