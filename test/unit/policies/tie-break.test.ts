/** What decides between backends that cost the same: first the tie-break of the rule, then chance among what ties still. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/clock.ts';
import { LatencyModel } from '../../../src/core/latency-model.ts';
import type { TieBreak } from '../../../src/core/policy.ts';
import { gridOf } from '../../../policies/grid-carbon.ts';
import { explain, plan } from '../../../policies/index.ts';
import { aliasOf, backendOf, backendsOf, factsOf, policyOf, stateOf, type BackendSketch } from './scene.ts';

const PRICE = { inputUsd: 1, outputUsd: 1 };
const inPlace = (id: string, places: string[] | null, more: BackendSketch = {}): BackendSketch => ({
  id,
  price: PRICE,
  ...(places === null ? {} : { facts: { 'compute.countries': places } }),
  ...more,
});

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

function world(tieBreak: TieBreak | undefined, ...sketches: readonly BackendSketch[]) {
  const backends = backendsOf(...sketches);
  const objective = { minimise: 'cost' as const, ...(tieBreak === undefined ? {} : { tie_break: tieBreak }) };
  const policy = policyOf(backends, { rules: [{ id: 'r', match: 'true', objective }] });
  const facts = factsOf(aliasOf(backends));
  const judge = (seed: number, state = stateOf(backends.length)) => plan(policy, facts, state, seededRandom(seed));
  const firsts = (state = stateOf(backends.length)) =>
    [...new Set(SEEDS.map((seed) => judge(seed, state).attempts[0]!.backend.id))].toSorted();
  return { policy, facts, judge, firsts };
}

describe('tie_break', () => {
  it('is chance where none is said', () => {
    expect(world(undefined, inPlace('pl', ['PL']), inPlace('fr', ['FR'])).firsts()).toEqual(['fr', 'pl']);
  });

  it('listed: takes the order of the file', () => {
    const { firsts, judge } = world('listed', inPlace('pl', ['PL']), inPlace('fr', ['FR']), inPlace('de', ['DE']));
    expect(firsts()).toEqual(['pl']);
    expect(judge(1).attempts.map(({ backend }) => backend.id)).toEqual(['pl', 'fr', 'de']);
  });

  it('carbon: takes the cleanest electricity, the dirtiest of several places, the unknown last', () => {
    const { judge } = world(
      'carbon',
      inPlace('unknown', null),
      inPlace('pl', ['PL']),
      inPlace('fr', ['FR']),
      inPlace('either', ['FR', 'DE']),
      inPlace('nowhere', ['FR', 'AQ']),
    );
    const order = judge(3).attempts.map(({ backend }) => backend.id);
    expect(order).toEqual(['fr', 'either', 'pl']);
  });

  it('carbon: leaves to chance what ties still, and never pays for it', () => {
    const { firsts } = world(
      'carbon',
      inPlace('fr1', ['FR']),
      inPlace('fr2', ['FR']),
      inPlace('de', ['DE']),
      inPlace('is', ['IS'], { price: { inputUsd: 2, outputUsd: 2 } }),
    );
    expect(firsts()).toEqual(['fr1', 'fr2']);
  });

  it('latency: takes what answers first, by what was seen', () => {
    const latency = new LatencyModel();
    for (let i = 0; i < 30; i++) {
      const seen = { tick: 900 + i, inputTokens: 100, cachedTokens: 0, ttftMs: 90, outputTokens: 50, streamMs: 500 };
      latency.succeeded(seen);
    }
    const { firsts } = world('latency', inPlace('cold', null), inPlace('fast', null), inPlace('cold2', null));
    expect(firsts(stateOf(3, { 1: { latency } }))).toEqual(['fast']);
  });

  it('is told by the explanation with its source, and the propensity is that of what was left to chance', () => {
    const { policy, facts, judge } = world(
      'carbon',
      inPlace('fr1', ['FR']),
      inPlace('fr2', ['FR']),
      inPlace('x', null),
    );
    const record = explain(policy, facts, stateOf(3), judge(1), { id: 'dec-1', seed: 1 }, true);
    expect(record).toMatchObject({
      tie_break: 'carbon',
      propensity: 0.5,
      candidates: [
        { id: 'fr1', grid: { g_co2e_per_kwh: 56, year: 2023, source: expect.stringContaining('Ember') } },
        { id: 'fr2', grid: { g_co2e_per_kwh: 56 } },
        { id: 'x', grid: null },
      ],
    });
  });
});

describe('gridOf', () => {
  it('knows a place only while the fact holds', () => {
    const backend = backendOf(0, { facts: { 'compute.countries': ['SE'] } });
    expect(gridOf(backend, 0)).toEqual({ gramsPerKwh: 41, year: 2023 });
    const fact = { ...backend.facts.get('compute.countries')!, endsAt: 10 };
    expect(gridOf({ ...backend, facts: new Map([['compute.countries', fact]]) }, 10)).toBeNull();
  });
});
