/** Nothing qualifies: every code, by the weakest relaxation that would help. */
import { describe, expect, it } from 'vitest';
import { Capability } from '../../../src/core/backend.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import type { CandidateTrace, Refusal, Rejection, RequestFacts, StateView } from '../../../src/core/policy.ts';
import { plan } from '../../../policies/index.ts';
import { refusalFor } from '../../../policies/refusal.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf, type BackendSketch, type Sections } from './scene.ts';

interface Case {
  readonly backends: readonly BackendSketch[];
  readonly sections?: Sections;
  readonly facts?: Partial<RequestFacts>;
  readonly state?: StateView;
}

function refused({ backends: sketches, sections, facts, state }: Case): Refusal {
  const backends = backendsOf(...sketches);
  const made = plan(
    policyOf(backends, sections),
    factsOf(aliasOf(backends), facts),
    state ?? stateOf(sketches.length),
    seededRandom(1),
  );
  expect(made.attempts).toEqual([]);
  expect(made.refusal).not.toBeNull();
  return made.refusal!;
}

const noTraining: Sections = { constraints: [{ id: 'no-training', require: { trains_on_data: false } }] };
const tools = { needs: Capability.tools };

describe('capacity-exhausted-within-policy', () => {
  it('says when the first of them may be in again', () => {
    const state = stateOf(3, {
      0: { breaker: 'open', probeAtTick: 9000 },
      1: { parkedUntilTick: 3500, parkedBecause: 'rate-limit' },
      2: { breaker: 'half-open', probing: true },
    });
    expect(refused({ backends: [{}, {}, {}], state })).toEqual({
      code: 'capacity-exhausted-within-policy',
      message: 'Every backend of model "assistant" that the policy allows is down, parked, being probed or full.',
      retryAfterMs: 2500,
      blockedBy: [{ constraint: 'health', backends: 3 }],
      nearest: { backend: 'b0', missing: 1 },
    });
  });

  it('does not say what it does not know', () => {
    const state = stateOf(1, { 0: { breaker: 'half-open', probing: true } });
    expect(refused({ backends: [{}], state })).toMatchObject({ retryAfterMs: null });
  });

  it('is the answer while one allowed backend would come back, whatever the others lack', () => {
    const state = stateOf(2, { 0: { breaker: 'open', probeAtTick: 1100 }, 1: { breaker: 'open', probeAtTick: 1050 } });
    const backends = [{ facts: { trains_on_data: false } }, { facts: { trains_on_data: true } }];
    expect(refused({ backends, sections: noTraining, state })).toMatchObject({
      code: 'capacity-exhausted-within-policy',
      retryAfterMs: 100,
      blockedBy: [
        { constraint: 'health', backends: 2 },
        { constraint: 'no-training', backends: 1 },
      ],
    });
  });
});

describe('policy-no-eligible-backend', () => {
  it('names the constraints and how many backends each blocks', () => {
    const sections: Sections = {
      constraints: [
        { id: 'no-training', require: { trains_on_data: false } },
        { id: 'eu', require: { 'compute.countries': { subset: 'EU' } } },
      ],
    };
    const backends = [{ facts: { trains_on_data: false } }, { facts: { 'compute.countries': ['DE'] } }, {}];
    expect(refused({ backends, sections })).toEqual({
      code: 'policy-no-eligible-backend',
      message:
        'None of the 3 backends of model "assistant" is allowed for this request: eu blocks 2, no-training blocks 2.',
      retryAfterMs: null,
      blockedBy: [
        { constraint: 'eu', backends: 2 },
        { constraint: 'no-training', backends: 2 },
      ],
      nearest: { backend: 'b0', missing: 1 },
    });
  });

  it('names the backend that lacks least, the first of equals, and counts a constraint once', () => {
    const sections: Sections = {
      gateway: { countries: ['US'] },
      constraints: [
        { id: 'both', require: { 'gateway.countries': 'DE', trains_on_data: false } },
        { id: 'eu', require: { 'compute.countries': { subset: 'EU' } } },
      ],
    };
    const backends = [{}, { facts: { 'compute.countries': ['DE'] } }, { facts: { 'compute.countries': ['FR'] } }];
    expect(refused({ backends, sections })).toMatchObject({
      blockedBy: [
        { constraint: 'both', backends: 3 },
        { constraint: 'eu', backends: 1 },
      ],
      nearest: { backend: 'b1', missing: 1 },
    });
  });

  it('stays the answer when the blocked backend is down as well', () => {
    const state = stateOf(1, { 0: { breaker: 'open', probeAtTick: 5000 } });
    expect(refused({ backends: [{}], sections: noTraining, state })).toMatchObject({
      code: 'policy-no-eligible-backend',
      retryAfterMs: null,
    });
  });
});

describe('request-unsatisfiable', () => {
  it('names the features that are missing', () => {
    const facts = { needs: Capability.tools | Capability.images };
    const backends = [{ absent: Capability.tools }, { absent: Capability.images }];
    expect(refused({ backends, facts })).toEqual({
      code: 'request-unsatisfiable',
      message: 'No backend of model "assistant" can do what the request asks: tools, images.',
      retryAfterMs: null,
      blockedBy: [{ constraint: 'capability', backends: 2 }],
      nearest: { backend: 'b0', missing: 1 },
    });
  });

  it('is the answer when dropping a constraint would not help', () => {
    const backends = [{ absent: Capability.tools }];
    expect(refused({ backends, sections: noTraining, facts: tools })).toMatchObject({ code: 'request-unsatisfiable' });
  });
});

describe('context-length-exceeded', () => {
  it('says how much is needed and how much the widest model reads', () => {
    const facts = { inputTokens: 5000, maxOutputTokens: 1000 };
    expect(refused({ backends: [{ context: 4096 }, { context: 5999 }], facts })).toEqual({
      code: 'context-length-exceeded',
      message: 'The request needs about 6000 tokens, model "assistant" reads at most 5999.',
      retryAfterMs: null,
      blockedBy: [{ constraint: 'context-window', backends: 2 }],
      nearest: { backend: 'b0', missing: 1 },
    });
  });

  it('is the answer where a shorter request would do, and not where it would still be barred', () => {
    const facts = { ...tools, inputTokens: 5000 };
    const able = { context: 4096 };
    const unable = { absent: Capability.tools };
    expect(refused({ backends: [unable, able], facts })).toMatchObject({ code: 'context-length-exceeded' });
    const barred = { context: 4096, facts: { trains_on_data: true } };
    const free = { absent: Capability.tools, facts: { trains_on_data: false } };
    expect(refused({ backends: [barred, free], sections: noTraining, facts })).toMatchObject({
      code: 'request-unsatisfiable',
    });
  });
});

describe('the kinds that other filters will bring', () => {
  const [backend] = backendsOf({});
  const facts = factsOf(aliasOf([backend!]));
  const blocked = (...kinds: Rejection['kind'][]): CandidateTrace => ({
    candidate: { backend: backend!, weight: 1 },
    rejections: kinds.map((kind) => ({ id: kind, kind, key: 'k', want: 'w', got: 'g', retryAfterMs: null })),
    usd: null,
    parts: {},
    miss: null,
  });

  it.each([
    ['budget', 'budget-exhausted'],
    ['artifact', 'artifact-untrusted'],
    ['location', 'wrong-gateway-region'],
  ] as const)('%s has a code of its own', (kind, code) => {
    expect(refusalFor({ locations: [], regions: [] }, facts, [blocked(kind)]).code).toBe(code);
    expect(refusalFor({ locations: [], regions: [] }, facts, [blocked('health', kind), blocked('request')]).code).toBe(
      code,
    );
  });

  it('a model without backends is not there', () => {
    expect(refusalFor({ locations: [], regions: [] }, facts, [])).toMatchObject({
      code: 'model-not-found',
      blockedBy: [],
      nearest: null,
    });
  });
});
