/** Constraints on signed files: who may answer while a lease comes and goes, what explanations say, and what a waiver changes. */
import { describe, expect, it } from 'vitest';
import { explain, plan, recheck } from '../../../policies/index.ts';
import type { ArtifactState } from '../../../src/core/artifact.ts';
import type { RequirementConfig, WaiverConfig } from '../../../src/core/config.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import { EgressPermit } from '../../../src/core/egress.ts';
import type { RequestFacts, StateView } from '../../../src/core/policy.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf, type Sections } from './scene.ts';

const HELD: ArtifactState = { untilTick: 2000, fault: null, level: 'T1', levelWhat: 'its name', levelUntilTick: 2000 };
const LOST: ArtifactState = { ...HELD, untilTick: 0, fault: { rule: 'files-differ', what: 'changed: a.gguf' } };

const backends = backendsOf({ id: 'signed', artifact: { id: 'r1', level: 'T0' } }, { id: 'plain' });
const alias = aliasOf(backends);

function sectionsFor(require: Readonly<Record<string, RequirementConfig>>, more: Sections = {}): Sections {
  return { constraints: [{ id: 'ours', when: 'request.stream', require }], ...more };
}

function viewOf(state: ArtifactState | null, tick = 1000): StateView {
  return { ...stateOf(2), tick, artifacts: [state, null] };
}

function judge(sections: Sections, state: StateView, own: Partial<RequestFacts> = { stream: true }) {
  const policy = policyOf(backends, sections);
  const facts = factsOf(alias, own);
  const made = plan(policy, facts, state, seededRandom(1));
  const permits = backends.map((one) => recheck(policy, facts, one, state, 'retry', 'd') instanceof EgressPermit);
  const record = explain(policy, facts, state, made, { id: 'd', seed: 1 }, true);
  return { made, permits, record };
}

describe('artifact.signature: verified', () => {
  const sections = sectionsFor({ 'artifact.signature': 'verified' });

  it('lets in what is verified now and no other, in the plan and at every attempt', () => {
    for (const [state, isOpen] of [
      [viewOf(HELD), true],
      [viewOf(HELD, 2000), false],
      [viewOf(LOST), false],
      [viewOf({ ...HELD, untilTick: 3000 }, 2500), true],
      [viewOf(null), false],
    ] as const) {
      const { made, permits } = judge(sections, state);
      expect(made.attempts.some(({ backend }) => backend.id === 'signed')).toBe(isOpen);
      expect(permits).toEqual([isOpen, false]);
    }
  });

  it('is shown with what was found, and graded as what a signature proves', () => {
    expect(judge(sections, viewOf(LOST)).record).toMatchObject({
      constraints: [{ id: 'ours', active: true, blocked: 2 }],
      candidates: [
        {
          id: 'signed',
          failed: [
            { constraint: 'ours', kind: 'artifact', key: 'artifact.signature', want: 'verified', scope: 'gateway' },
            { constraint: 'artifact', got: 'files-differ: changed: a.gguf' },
          ],
        },
        { id: 'plain', failed: [{ constraint: 'ours', kind: 'policy', key: 'artifact.signature', got: 'unknown' }] },
      ],
      refusal: { code: 'artifact-untrusted', nearest: { backend: 'plain', missing: 1 } },
    });
    expect(judge(sections, viewOf(HELD)).record).toMatchObject({ guarantee: 'attested' });
  });

  it('concerns no request that its condition leaves alone', () => {
    expect(judge(sections, viewOf(HELD), { stream: false }).permits).toEqual([true, true]);
  });

  it('is refused by policy, not by trust, where no backend has files that anybody signed', () => {
    const facts = factsOf(aliasOf([backends[1]!]), { stream: true });
    const refusal = plan(policyOf(backends, sections), facts, viewOf(HELD), seededRandom(1)).refusal;
    expect(refusal).toMatchObject({ code: 'policy-no-eligible-backend' });
  });
});

describe('artifact.level', () => {
  it.each<[RequirementConfig, ArtifactState, boolean, string]>([
    [{ min: 'T1' }, HELD, true, ''],
    [{ min: 'T0' }, { ...HELD, levelUntilTick: 0 }, true, ''],
    [{ min: 'T1' }, { ...HELD, level: 'T2' }, true, ''],
    [{ min: 'T2' }, HELD, false, 'T1: its name'],
    [{ min: 'T1' }, { ...HELD, levelUntilTick: 1000 }, false, 'T0: its name'],
    ['T1', HELD, true, ''],
    ['T1', { ...HELD, level: 'T2' }, false, 'T2: its name'],
  ])('%j over %j lets in: %s', (wanted, state, isOpen, got) => {
    const { permits, record } = judge(sectionsFor({ 'artifact.level': wanted }), viewOf(state));
    expect(permits).toEqual([isOpen, false]);
    const failed = isOpen ? undefined : [{ constraint: 'ours', kind: 'artifact', key: 'artifact.level', got }];
    expect(record).toMatchObject({ candidates: [isOpen ? { guarantee: 'reported' } : { failed }, {}] });
  });

  it('is a word of the server: no better grade can be had of it', () => {
    const constraints = [
      { id: 'ours', require: { 'artifact.level': { min: 'T1' as const } }, min_grade: 'attested' as const },
    ];
    expect(judge({ constraints }, viewOf(HELD)).record).toMatchObject({
      candidates: [{ failed: [{ key: 'artifact.level', want: '>= T1, attested or better', got: 'reported' }] }, {}],
    });
    const signature = [{ ...constraints[0]!, require: { 'artifact.signature': 'verified' } }];
    expect(judge({ constraints: signature }, viewOf(HELD)).permits).toEqual([true, false]);
  });
});

describe('a waiver', () => {
  const waiver: WaiverConfig = {
    id: 'w1',
    constraint: 'ours',
    backends: ['signed', 'plain'],
    reason: 'move',
    approver: 'dpo',
    expires: '2027-01-31',
  };

  it('lets in what the constraint keeps out at this moment, and is shown where it did', () => {
    const sections = sectionsFor({ 'artifact.level': { min: 'T2' } }, { waivers: [waiver] });
    const { permits, record } = judge(sections, viewOf(HELD));
    expect(permits).toEqual([true, true]);
    expect(record).toMatchObject({
      constraints: [{ id: 'ours', blocked: 0, waived: 2 }],
      candidates: [{ waived: [{ id: 'w1' }] }, { waived: [{ id: 'w1' }] }],
    });
    const satisfied = judge(sections, viewOf({ ...HELD, level: 'T2' })).record;
    expect(satisfied).toMatchObject({ constraints: [{ waived: 1 }] });
  });

  it('opens no files: what the configuration wants of its own artifacts holds', () => {
    const sections = sectionsFor({ 'artifact.signature': 'verified' }, { waivers: [waiver] });
    expect(judge(sections, viewOf(LOST)).permits).toEqual([false, true]);
  });

  it('is shown where it lets a request be handled where it may not be', () => {
    const gateway = { countries: ['US'] };
    const sections = sectionsFor({ 'gateway.countries': 'DE' }, { gateway, waivers: [waiver] });
    expect(judge(sections, viewOf(HELD)).record).toMatchObject({ candidates: [{ waived: [{ id: 'w1' }] }, {}] });
  });
});
