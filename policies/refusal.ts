/** Nothing qualifies: which error says so, by the weakest relaxation that would leave a backend. */
import type { ErrorCode } from '../src/core/error-codes.ts';
import type { CandidateTrace, Refusal, Rejection, RequestFacts } from '../src/core/policy.ts';
import { contextNeeded } from './filters/context-window.ts';

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

const NO_BACKENDS = Object.freeze({ code: 'model-not-found', retryAfterMs: null, blockedBy: [] } as const);

/** The refusal of a request whose candidates were all rejected. */
export function refusalFor(facts: RequestFacts, trace: readonly CandidateTrace[]): Refusal {
  if (trace.length === 0) return { ...NO_BACKENDS, message: `The ${modelOf(facts)} has no backends.` };
  const kind = weakestKind(trace);
  const blockedBy = countBlocks(trace);
  const retryAfterMs = kind === 'health' ? soonest(trace) : null;
  const code = kind === 'request' ? requestCode(trace) : CODES[kind];
  return { code, message: messageOf(code, facts, trace, blockedBy), retryAfterMs, blockedBy };
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
  return nearest === undefined || lacksFeature(nearest) ? 'request-unsatisfiable' : 'context-length-exceeded';
}

function distanceOf(one: CandidateTrace): number {
  const barred = one.rejections.some(({ kind }) => kind !== 'request' && kind !== 'health');
  return (barred ? 2 : 0) + (lacksFeature(one) ? 1 : 0);
}

function lacksFeature({ rejections }: CandidateTrace): boolean {
  return rejections.some(({ id }) => id === 'capability');
}

/** Constraint ids with the number of candidates that each blocks, most first. */
function countBlocks(trace: readonly CandidateTrace[]): Refusal['blockedBy'] {
  const counts = new Map<string, number>();
  for (const { rejections } of trace) {
    for (const { id } of rejections) counts.set(id, (counts.get(id) ?? 0) + 1);
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
      return `No backend of ${model} can do what the request asks: ${featuresOf(trace)}.`;
    case 'context-length-exceeded':
      return `The request needs about ${contextNeeded(facts)} tokens, ${model} reads at most ${widestOf(trace)}.`;
    default: {
      const blocks = blockedBy.map(({ constraint, backends }) => `${constraint} blocks ${backends}`).join(', ');
      return `None of the ${trace.length} backends of ${model} is allowed for this request: ${blocks}.`;
    }
  }
}

function featuresOf(trace: readonly CandidateTrace[]): string {
  const missing = trace.flatMap(({ rejections }) =>
    rejections.filter(({ id }) => id === 'capability').flatMap(({ want }) => want.split(', ')),
  );
  return [...new Set(missing)].join(', ');
}

function widestOf(trace: readonly CandidateTrace[]): number {
  return Math.max(...trace.map(({ candidate }) => candidate.backend.contextTokens ?? 0));
}

function modelOf(facts: RequestFacts): string {
  return `model "${facts.model.slice(0, 100)}"`;
}
