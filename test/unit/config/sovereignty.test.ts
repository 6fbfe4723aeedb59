/** What people read when facts, regions, scopes or waivers of a file cannot hold: every fault with its place and a fix. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../providers/index.ts';
import { createLanguage } from '../../../src/sections.ts';
import { load, portsOf, printed } from './fixture.ts';

const language = createLanguage(catalogue, () => Date.UTC(2026, 10, 23));
const HASH = `sha256:${'0'.repeat(64)}`;

/** A file with one backend and what a case adds to it. */
const file = (backend: string, more = ''): string =>
  `backends:\n  up: { provider: ${backend} }\nmodels:\n  "*": { backends: [up] }\n${more}`;
const OWN = 'openai-compatible, url: "http://127.0.0.1:9/v1", model: "*"';
const facts = (text: string, more = ''): string => file(`${OWN}, facts: { ${text} }`, more);
const faults = (text: string): string[] =>
  printed(load(text, portsOf({}), language))
    .split('\n')
    .filter((line) => line.startsWith('thalweg.yaml:') || line.includes('fix:'))
    .map((line) => line.trim());

const EEA = 'constraints: [{ id: eea, require: { compute.countries: { subset: EEA } } }]\n';
const HOME = 'compute.countries: [DE]';
const WAIVER = 'constraint: eea, backends: [up], reason: r, approver: a, expires: 2027-01-31';

describe('nothing is said of', () => {
  it.each([
    [
      'every fact with its evidence',
      facts(
        'operator.control: [DE], operator.group: acme, storage.countries: [DE], metadata.countries: { value: [DE, US], grade: contractual, source: "contract 7", as_of: 2026-07-01, expires: 2027-07-01 }, human_review: false, certs: [iso27001, { id: c5, expires: 2027-01-01 }], sovereignty.seal: 3, model.origin: FR, model.licence: apache-2.0, accelerator: h100',
      ),
    ],
    [
      'tenants, keys and waivers',
      facts(
        HOME,
        `${EEA}tenants: { acme: { constraints: [{ id: own, require: { compute.countries: DE } }] } }\nkeys: { app: { hash: "${HASH}", tenant: acme, constraints: [{ id: mine, require: { compute.countries: { not_in: [US] } } }] } }\nwaivers: [{ id: w, ${WAIVER}, tenants: [acme], keys: [app] }]\n`,
      ),
    ],
    [
      'a claim as wide as the region',
      file('mistral, model: m, key: k, region: us, facts: { compute.countries: [US, CA] }'),
    ],
    [
      'a contract within the region',
      file('mistral, model: m, key: k, region: eu, facts: { compute.countries: { value: [FR], grade: contractual } }'),
    ],
    [
      'a claim for an address of one’s own',
      file('mistral, model: m, key: k, url: "https://llm.corp.example/v1", facts: { compute.countries: [FR] }'),
    ],
    [
      'a constraint that the catalogue’s facts answer',
      file('deepseek, model: m, key: k', 'constraints: [{ id: c, require: { operator.country: { not_in: [US] } } }]\n'),
    ],
  ])('%s', (_, text) => {
    expect(faults(text)).toEqual([]);
  });
});

describe('a load is refused for', () => {
  it.each([
    ['a country typo', facts('operator.control: [DE, UK]'), 'unknown-country', 'did you mean "GB"?'],
    ['a bare NO', facts('storage.countries: [false]'), 'false is not a country', '"NO"'],
    [
      'an unknown zone',
      facts(HOME, 'constraints: [{ id: c, require: { compute.countries: { subset: EAE } } }]\n'),
      'unknown-zone',
      'did you mean "EEA"?',
    ],
    [
      'an unknown zone of a tenant',
      facts(HOME, 'tenants: { a: { constraints: [{ id: c, require: { compute.countries: { subset: EAE } } }] } }\n'),
      'at tenants.a.constraints.0.require["compute.countries"].subset',
      'EEA',
    ],
    [
      'an unknown tenant of a key',
      facts(HOME, `tenants: { acme: {} }\nkeys: { app: { hash: "${HASH}", tenant: amce } }\n`),
      'unknown-tenant',
      'did you mean "acme"?',
    ],
    [
      'an unknown constraint of a waiver',
      facts(
        HOME,
        `${EEA}waivers: [{ id: w, constraint: eae, backends: [up], reason: r, approver: a, expires: 2027-01-31 }]\n`,
      ),
      'unknown-constraint',
      'did you mean "eea"?',
    ],
    [
      'an unknown backend of a waiver',
      facts(
        HOME,
        `${EEA}waivers: [{ id: w, constraint: eea, backends: [upp], reason: r, approver: a, expires: 2027-01-31 }]\n`,
      ),
      'unknown-backend',
      'did you mean "up"?',
    ],
    [
      'a waiver without a reason',
      facts(HOME, `${EEA}waivers: [{ id: w, constraint: eea, backends: [up], approver: a, expires: 2027-01-31 }]\n`),
      'missing-field',
      'reason',
    ],
    [
      'one id in two scopes',
      facts(HOME, `${EEA}tenants: { a: { constraints: [{ id: eea, require: { compute.countries: DE } }] } }\n`),
      'duplicate-id',
      'name of its own',
    ],
    [
      'scopes that contradict',
      facts(HOME, `${EEA}tenants: { a: { constraints: [{ id: us, require: { compute.countries: US } }] } }\n`),
      'contradictory-constraints',
      'loosen',
    ],
    ['a fact of the wrong shape', facts('sovereignty.seal: 5'), 'up.facts["sovereignty.seal"]', ''],
    ['a grade that only answers can have', facts('retention_days: { value: 0, grade: reported }'), 'grade', ''],
    [
      'a condition of a key that does not compile',
      facts(
        HOME,
        `keys: { app: { hash: "${HASH}", constraints: [{ id: c, when: "data.clas > 1", require: { compute.countries: DE } }] } }\n`,
      ),
      'expression-unknown-name',
      'data.class',
    ],
    [
      'an EU claim with a global host',
      file('mistral, model: m, key: k, facts: { compute.countries: [FR] }'),
      'region-mismatch',
      'add region: eu',
    ],
    [
      'an EU claim where no region is',
      file('anthropic, model: m, key: k, facts: { compute.countries: [FR] }'),
      'region-mismatch',
      'no region',
    ],
    [
      'a claim narrower than the region',
      file('mistral, model: m, key: k, region: eu, facts: { compute.countries: [FR] }'),
      'region-mismatch',
      'grade: contractual',
    ],
    [
      'another address than the region’s',
      file('mistral, model: m, key: k, region: eu, url: "https://api.us.mistral.ai/v1"'),
      'region-mismatch',
      'remove url',
    ],
    ['an unknown region', file('mistral, model: m, key: k, region: ue'), 'unknown-region', 'did you mean "e'],
    ['an unknown pool', facts(HOME, 'constraints: [{ id: c, require: { pool: local } }]\n'), 'unknown-pool', ''],
    [
      'wishes of a test that mean nothing',
      facts(
        HOME,
        'tests: [{ name: t, given: { headers: { x-thalweg-prefer: "zdr=maybe" } }, expect: { first: up } }]\n',
      ),
      'bad-preference',
      'zdr',
    ],
  ])('%s', (_, text, fault, fix) => {
    const said = faults(text).join('\n');
    expect(said).toContain(' error ');
    expect(said).toContain(fault);
    expect(said).toContain(fix);
  });
});

describe('a warning is for', () => {
  it.each([
    [
      'an expired waiver',
      facts(
        HOME,
        `${EEA}waivers: [{ id: w, constraint: eea, backends: [up], reason: r, approver: a, expires: 2026-11-22 }]\n`,
      ),
      'expired-waiver',
    ],
    ['an expired certificate', facts('certs: [{ id: c5, expires: 2026-01-01 }]'), 'stale-evidence'],
    ['an expired fact', facts('retention_days: { value: 0, expires: 2026-01-01 }'), 'stale-evidence'],
    [
      'a gateway whose place is not said',
      facts(HOME, 'constraints: [{ id: c, require: { gateway.countries: { subset: EEA } } }]\n'),
      'place-unknown',
    ],
  ])('%s', (_, text, fault) => {
    const said = faults(text).join('\n');
    expect(said).not.toContain(' error ');
    expect(said).toContain(fault);
  });
});
