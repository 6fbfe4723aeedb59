/** What each filter says of one backend. */
import { describe, expect, it } from 'vitest';
import { Capability, type FactValue } from '../../../src/core/backend.ts';
import type { RequirementConfig } from '../../../src/core/config.ts';
import type { BackendState } from '../../../src/core/policy.ts';
import { bitsOf, capability, CAPABILITY_NAMES, namesOf } from '../../../policies/filters/capability.ts';
import { contextWindow } from '../../../policies/filters/context-window.ts';
import { health } from '../../../policies/filters/health.ts';
import { sovereigntyFilter } from '../../../policies/filters/sovereignty.ts';
import { BUILTIN_ZONES, zonesOf } from '../../../policies/zones.ts';
import { aliasOf, backendsOf, factsOf, stateOf, type BackendSketch } from './scene.ts';

const one = (sketch: BackendSketch = {}) => {
  const backends = backendsOf(sketch);
  const alias = aliasOf(backends);
  return { backends, candidate: alias.candidates[0]!, facts: factsOf(alias) };
};

describe('sovereignty', () => {
  const zones = zonesOf({ home: ['DE', 'FR'] });
  const judge = (key: string, value: FactValue | null, wanted: RequirementConfig): string => {
    const { backends, candidate, facts } = one({ facts: value === null ? {} : { [key]: value } });
    const filter = sovereigntyFilter({ id: 'c', require: { [key]: wanted } }, null, zones, backends);
    const said = filter.reject(candidate, facts, stateOf(1));
    return said === null ? 'in' : `${said.key}: want ${said.want}, got ${said.got}`;
  };

  it.each<[string, FactValue | null, RequirementConfig, string]>([
    ['operator.country', 'DE', 'DE', 'in'],
    ['operator.country', 'US', 'DE', 'operator.country: want DE, got US'],
    ['operator.country', null, { not_in: ['CN'] }, 'operator.country: want not in [CN], got unknown'],
    ['operator.country', 'FR', { in: 'home' }, 'in'],
    ['operator.country', 'US', { in: ['EU', 'CH'] }, 'operator.country: want in [EU, CH], got US'],
    ['operator.country', 'CH', { in: ['EU', 'CH'] }, 'in'],
    ['operator.country', 'CN', { not_in: ['CN', 'RU'] }, 'operator.country: want not in [CN, RU], got CN'],
    ['operator.country', 'NO', { in: 'EU' }, 'operator.country: want in EU, got NO'],
    ['compute.countries', ['NO', 'DE'], { subset: 'EEA' }, 'in'],
    ['compute.countries', ['US', 'DE'], { subset: 'EEA' }, 'compute.countries: want subset of EEA, got [US, DE]'],
    ['compute.countries', ['US', 'DE'], { not_in: 'EEA' }, 'compute.countries: want not in EEA, got [US, DE]'],
    ['compute.countries', ['US'], { not_in: 'EEA' }, 'in'],
    ['compute.countries', [], { not_in: ['CN'] }, 'compute.countries: want not in [CN], got []'],
    ['compute.countries', ['FR', 'DE'], ['DE', 'FR'], 'in'],
    ['compute.countries', ['DE'], ['DE', 'FR'], 'compute.countries: want [DE, FR], got [DE]'],
    ['compute.countries', ['DE'], 'DE', 'in'],
    ['retention_days', 0, 0, 'in'],
    ['retention_days', 30, { max: 30 }, 'in'],
    ['retention_days', 31, { max: 30 }, 'retention_days: want <= 30, got 31'],
    ['retention_days', 5, { min: 10 }, 'retention_days: want >= 10, got 5'],
    ['retention_days', null, { max: 30 }, 'retention_days: want <= 30, got unknown'],
    ['trains_on_data', false, false, 'in'],
    ['trains_on_data', true, false, 'trains_on_data: want false, got true'],
    ['trains_on_data', null, false, 'trains_on_data: want false, got unknown'],
    ['network', 'perimeter', { in: ['perimeter', 'private-link'] }, 'in'],
    ['network', 'public', { not_in: 'public' }, 'network: want not in public, got public'],
    // A fact of the wrong type is as good as none.
    ['retention_days', '0', { max: 30 }, 'retention_days: want <= 30, got 0'],
    ['trains_on_data', 'false', false, 'trains_on_data: want false, got false'],
    ['compute.countries', 5, { subset: 'EU' }, 'compute.countries: want subset of EU, got 5'],
    // A name that means nothing is satisfied by nothing, not even in a `not_in`.
    ['operator.country', 'DE', { in: 'Atlantis' }, 'operator.country: want in Atlantis, got DE'],
    ['operator.country', 'DE', { not_in: 'Atlantis' }, 'operator.country: want not in Atlantis, got DE'],
  ])('%s is %j, wanted %j', (key, value, wanted, said) => {
    expect(judge(key, value, wanted)).toBe(said);
  });

  it('names every key that fails to those who ask', () => {
    const { backends } = one({ facts: { retention_days: 5, network: 'public' } });
    const require = { trains_on_data: false, retention_days: 0, network: 'public' } as const;
    const filter = sovereigntyFilter({ id: 'c', require }, null, zones, backends);
    expect(filter.failures(backends[0]!).map(({ key }) => key)).toEqual(['retention_days', 'trains_on_data']);
  });

  it('knows the Union, the Economic Area, and what the file says instead', () => {
    expect(BUILTIN_ZONES['EU']).toHaveLength(27);
    expect(new Set(BUILTIN_ZONES['EEA'])).toEqual(new Set([...BUILTIN_ZONES['EU']!, 'IS', 'LI', 'NO']));
    expect([...zonesOf({ EU: ['DE'] }).get('EU')!]).toEqual(['DE']);
  });
});

describe('capability', () => {
  it('rejects what is known to be absent and keeps what is not known', () => {
    const { candidate, facts } = one({ absent: Capability.tools | Capability.images });
    const reject = (needs: number) => capability.reject(candidate, { ...facts, needs }, stateOf(1));
    expect(reject(Capability.tools | Capability.images | Capability.files)).toMatchObject({
      kind: 'request',
      want: 'tools, images',
      got: 'absent',
    });
    expect(reject(Capability.files)).toBeNull();
    expect(reject(0)).toBeNull();
  });

  it('has a name for every bit', () => {
    expect(Object.keys(Capability)).toEqual([...CAPABILITY_NAMES]);
    expect(namesOf(bitsOf(CAPABILITY_NAMES))).toEqual(CAPABILITY_NAMES);
  });
});

describe('context-window', () => {
  const reject = (context: number | null, inputTokens: number, maxOutputTokens: number | null) => {
    const { candidate, facts } = one({ context });
    return contextWindow.reject(candidate, { ...facts, inputTokens, maxOutputTokens }, stateOf(1));
  };

  it('counts the input, and the output limit where one was said', () => {
    expect(reject(1000, 1000, null)).toBeNull();
    expect(reject(1000, 1001, null)).toMatchObject({ kind: 'request', want: '>= 1001', got: '1000' });
    expect(reject(1000, 600, 400)).toBeNull();
    expect(reject(1000, 600, 401)).toMatchObject({ want: '>= 1001' });
  });

  it('keeps a window that is not known', () => {
    expect(reject(null, 1e9, 1e9)).toBeNull();
  });
});

describe('health', () => {
  const reject = (figures: Partial<BackendState>) => {
    const { candidate, facts } = one();
    return health.reject(candidate, facts, stateOf(1, { 0: figures }));
  };

  it('rejects while the breaker is open, until its probe is due', () => {
    expect(reject({ breaker: 'open', probeAtTick: 1400 })).toMatchObject({ got: 'open', retryAfterMs: 400 });
    expect(reject({ breaker: 'open', probeAtTick: 1000 })).toBeNull();
    expect(reject({ breaker: 'closed', probeAtTick: 1400 })).toBeNull();
  });

  it('lets one probe through', () => {
    expect(reject({ breaker: 'half-open' })).toBeNull();
    expect(reject({ breaker: 'half-open', probing: true })).toMatchObject({ kind: 'health', retryAfterMs: null });
    expect(reject({ breaker: 'open', probeAtTick: 900, probing: true })).toMatchObject({ retryAfterMs: null });
  });

  it('rejects while parked, with the reason', () => {
    expect(reject({ parkedUntilTick: 4000, parkedBecause: 'rate-limit' })).toMatchObject({
      got: 'parked: rate-limit',
      retryAfterMs: 3000,
    });
    expect(reject({ parkedUntilTick: 1000, parkedBecause: 'auth' })).toBeNull();
  });

  it('has nothing against a backend without figures', () => {
    const { candidate, facts } = one();
    expect(health.reject(candidate, facts, stateOf(0))).toBeNull();
  });
});
