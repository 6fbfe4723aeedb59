/** Nothing qualifies: which error says so, by the weakest relaxation that would leave a backend. */
import type { ErrorCode } from '../src/core/error-codes.ts';
import type { CandidateTrace, Refusal, Rejection, RequestFacts } from '../src/core/policy.ts';
import { contextNeeded } from './filters/context-window.ts';
import { PREFERENCE_ID } from './filters/preference.ts';
import type { PolicyParts } from './snapshot.ts';

/** What would have to give way, weakest first. */
const SEVERITY: Readonly<Record<Rejection['kind'], number>> = Object.freeze({
  health: 0,
  budget: 1,
  artifact: 2,
  policy: 3,
  location: 4,
  request: 5,
});

const CODES: Readonly<Record<Exclude<Rejection['kind'], 'request'>, ErrorCode>> = Object.freeze({
  health: 'capacity-exhausted-within-policy',
  budget: 'budget-exhausted',
  artifact: 'artifact-untrusted',
  policy: 'policy-no-eligible-backend',
  location: 'wrong-gateway-region',
});

const NO_BACKENDS = Object.freeze({
  code: 'model-not-found',
  retryAfterMs: null,
  blockedBy: [],
  nearest: null,
} as const);

/** What says where else a request may go. */
type Elsewhere = Pick<PolicyParts, 'locations' | 'regions'>;

/** The refusal of a request whose candidates were all rejected. */
export function refusalFor(parts: Elsewhere, facts: RequestFacts, trace: readonly CandidateTrace[]): Refusal {
  if (trace.length === 0) return { ...NO_BACKENDS, message: `The ${modelOf(facts)} has no backends.` };
  if (trace.every(isElsewhere)) return elsewhere(parts, facts, trace);
  const kind = weakestKind(trace);
  const blockedBy = countBlocks(trace);
  const retryAfterMs = kind === 'health' ? soonest(trace) : null;
  const code = kind === 'request' ? requestCode(trace) : CODES[kind];
  return {
    code,
    message: messageOf(code, facts, trace, blockedBy),
    retryAfterMs,
    blockedBy,
    nearest: nearestOf(trace),
  };
}

function isElsewhere({ rejections }: CandidateTrace): boolean {
  return rejections.some(({ kind }) => kind === 'location');
}

/** The request does not belong here at all: where to, is asked before everything else. */
function elsewhere({ locations, regions }: Elsewhere, facts: RequestFacts, trace: readonly CandidateTrace[]): Refusal {
  const ids = new Set(
    trace.flatMap(({ rejections }) => rejections.filter((one) => one.kind === 'location')).map(({ id }) => id),
  );
  const asked = locations.filter(({ id }) => ids.has(id));
  const region = regions.find(({ countries }) => asked.every((one) => one.admits(countries)));
  const { got } = trace[0]!.rejections.find(({ kind }) => kind === 'location')!;
  const stands = got === 'unknown' ? 'It is not known where this gateway stands' : `This gateway stands in ${got}`;
  return {
    code: 'wrong-gateway-region',
    message: `${stands}, and ${[...ids].join(', ')} keeps the request for ${modelOf(facts)} elsewhere.`,
    retryAfterMs: null,
    blockedBy: countBlocks(trace),
    nearest: nearestOf(trace),
    location: region?.url ?? null,
  };
}

/** The strongest rejection of the candidate that is nearest to being in. */
function weakestKind(trace: readonly CandidateTrace[]): Rejection['kind'] {
  let weakest: Rejection['kind'] = 'request';
  for (const { rejections } of trace) {
    const kind = strongestOf(rejections);
    if (SEVERITY[kind] < SEVERITY[weakest]) weakest = kind;
  }
  return weakest;
}

function strongestOf(rejections: readonly Rejection[]): Rejection['kind'] {
  return rejections.reduce<Rejection['kind']>((a, { kind }) => (SEVERITY[kind] > SEVERITY[a] ? kind : a), 'health');
}

/** The earliest moment at which a candidate may be in again, ms from now; null when no candidate knows. */
function soonest(trace: readonly CandidateTrace[]): number | null {
  let best: number | null = null;
  for (const { rejections } of trace) {
    if (strongestOf(rejections) !== 'health') continue;
    let wait: number | null = 0;
    for (const { retryAfterMs } of rejections) {
      wait = wait === null || retryAfterMs === null ? null : Math.max(wait, retryAfterMs);
    }
    if (wait !== null && (best === null || wait < best)) best = wait;
  }
  return best;
}

/** A shorter request helps where a candidate that is otherwise nearest lacks nothing but room; otherwise a feature is in the way. */
function requestCode(trace: readonly CandidateTrace[]): ErrorCode {
  const nearest = trace.toSorted((a, b) => distanceOf(a) - distanceOf(b))[0];
  return nearest === undefined || lacksFeature(nearest) || isUnwanted(nearest)
    ? 'request-unsatisfiable'
    : 'context-length-exceeded';
}

function distanceOf(one: CandidateTrace): number {
  const barred = one.rejections.some(({ kind }) => kind !== 'request' && kind !== 'health');
  return (barred ? 2 : 0) + (lacksFeature(one) || isUnwanted(one) ? 1 : 0);
}

function lacksFeature({ rejections }: CandidateTrace): boolean {
  return rejections.some(({ id }) => id === 'capability');
}

function isUnwanted({ rejections }: CandidateTrace): boolean {
  return rejections.some(({ id }) => id === PREFERENCE_ID);
}

/** Of several that lack equally little the first of the list. */
function nearestOf(trace: readonly CandidateTrace[]): Refusal['nearest'] {
  let nearest: Refusal['nearest'] = null;
  for (const { candidate, rejections } of trace) {
    const missing = namesIn(rejections).size;
    if (nearest === null || missing < nearest.missing) nearest = { backend: candidate.backend.id, missing };
  }
  return nearest;
}

/** A constraint on several things may say no more than once. */
function namesIn(rejections: readonly Rejection[]): ReadonlySet<string> {
  return new Set(rejections.map(({ id }) => id));
}

/** Constraint ids with the number of candidates that each blocks, most first. */
function countBlocks(trace: readonly CandidateTrace[]): Refusal['blockedBy'] {
  const counts = new Map<string, number>();
  for (const { rejections } of trace) {
    for (const id of namesIn(rejections)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts]
    .map(([constraint, backends]) => ({ constraint, backends }))
    .sort((a, b) => b.backends - a.backends || (a.constraint < b.constraint ? -1 : 1));
}

function messageOf(
  code: ErrorCode,
  facts: RequestFacts,
  trace: readonly CandidateTrace[],
  blockedBy: Refusal['blockedBy'],
): string {
  const model = modelOf(facts);
  switch (code) {
    case 'capacity-exhausted-within-policy':
      return `Every backend of ${model} that the policy allows is down, parked, being probed or full.`;
    case 'request-unsatisfiable':
      return `No backend of ${model} can do what the request asks${reasonsOf(trace)}.`;
    case 'context-length-exceeded':
      return `The request needs about ${contextNeeded(facts)} tokens, ${model} reads at most ${widestOf(trace)}.`;
    default: {
      const blocks = blockedBy.map(({ constraint, backends }) => `${constraint} blocks ${backends}`).join(', ');
      const nobody = trace.length === 1 ? 'The one backend' : `None of the ${trace.length} backends`;
      const verdict = trace.length === 1 ? 'is not allowed' : 'is allowed';
      return `${nobody} of ${model} ${verdict} for this request: ${blocks}.`;
    }
  }
}

/** The features that are missing; where none is, the wishes that nothing meets. */
function reasonsOf(trace: readonly CandidateTrace[]): string {
  const all = trace.flatMap(({ rejections }) => rejections);
  const missing = all.filter(({ id }) => id === 'capability').flatMap(({ want }) => want.split(', '));
  const wishes = all.filter(({ id }) => id === PREFERENCE_ID).map(({ key, want }) => `${key} ${want}`);
  return `: ${[...new Set(missing.length > 0 ? missing : wishes)].join(', ')}`;
}

function widestOf(trace: readonly CandidateTrace[]): number {
  return Math.max(...trace.map(({ candidate }) => candidate.backend.contextTokens ?? 0));
}

function modelOf(facts: RequestFacts): string {
  return `model "${facts.model.slice(0, 100)}"`;
}
