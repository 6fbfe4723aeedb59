/** What is said of facts by which constraints let backends in: unconfirmed, old, or about to end; and what is not. */
import { describe, expect, it } from 'vitest';
import { lintPolicy } from '../../../policies/index.ts';
import { catalogue } from '../../../providers/index.ts';
import type { ConfigFinding } from '../../../src/core/config.ts';
import { Secret } from '../../../src/core/secret.ts';
import { compileOnNode } from '../../../src/node.ts';
import { createLanguage } from '../../../src/sections.ts';
import { load, portsOf } from '../config/fixture.ts';

const language = createLanguage(catalogue);
const NOW = Date.UTC(2026, 10, 24);

/** One backend with `facts` under one constraint; `rest` may add more sections. */
function said(backend: string, constraint: string, rest = '', at = NOW): readonly ConfigFinding[] {
  const text = `backends: { up: { model: m, key: k, ${backend} } }
models: { chat: { backends: [up] } }
constraints: [{ id: c, when: request.stream, require: ${constraint} }]
${rest}`;
  const loaded = load(text, portsOf(), language);
  if (!loaded.ok) throw new Error(`It does not load: ${JSON.stringify(loaded.findings)}`);
  const { policy } = compileOnNode(loaded.whole, { secret: (key) => new Secret(key), priceBook: null });
  return lintPolicy(loaded.whole, policy, at);
}

const own = (facts: string): string => `provider: openai-compatible, url: 'https://up.example/v1', facts: { ${facts} }`;
const WORD = '{ retention_days: 0 }';
const wordOf = (asOf: string, more = ''): string => own(`retention_days: { value: 0, as_of: ${asOf}${more} }`);
const CERTS = '{ certs: { all: [iso27001] } }';

describe('L7, facts that nobody confirmed', () => {
  it('are named where a constraint lets a backend in by them', () => {
    expect(said('provider: xai', '{ operator.country: US, operator.control: [US] }')).toEqual([
      {
        at: ['backends', 'up'],
        onKey: true,
        code: 'fact-unconfirmed',
        level: 'warning',
        message:
          'constraints let "up" in by general knowledge that nobody confirmed: operator.control, operator.country',
        fix: 'confirm, and state facts: { operator.control: { value: …, source: …, as_of: … } }',
      },
    ]);
  });

  it.each([
    ['the file says so itself', 'provider: xai, facts: { operator.country: US }', '{ operator.country: US }'],
    ['the vendor says so', 'provider: openai', '{ operator.country: US }'],
    ['the backend is out', 'provider: xai', '{ operator.country: { not_in: [US] } }'],
  ])('and not where %s', (_what, backend, constraint) => {
    expect(said(backend, constraint).filter(({ code }) => code === 'fact-unconfirmed')).toEqual([]);
  });

  it('are named under the constraint of a key as well', () => {
    const keys = `keys: { app: { hash: 'sha256:${'0'.repeat(64)}', constraints: [{ id: k, require: { operator.country: US } }] } }`;
    expect(said('provider: xai', '{ pool: x }', `pools: { x: { backends: [up], limit: 1 } }\n${keys}`)).toMatchObject([
      { code: 'fact-unconfirmed' },
    ]);
  });
});

describe('L7, old facts', () => {
  it('are named after half a year, the catalogue among them', () => {
    expect(said(wordOf('2026-05-01'), WORD)).toMatchObject([
      { code: 'fact-old', message: expect.stringContaining('retention_days of 2026-05-01') },
    ]);
    expect(said('provider: mistral', '{ operator.country: FR }', '', Date.UTC(2027, 5, 1))).toMatchObject([
      { code: 'fact-old' },
    ]);
  });

  it.each([
    ['half a year', wordOf('2026-06-01')],
    ['a contract', wordOf('2020-01-01', ', grade: contractual')],
    ['a word without a date', own('retention_days: 0')],
  ])('%s is not old', (_what, backend) => {
    expect(said(backend, WORD)).toEqual([]);
  });
});

describe('L11, what ends soon', () => {
  it('is named a month before, at the fact and with the day', () => {
    expect(said(own('certs: [soc2, { id: iso27001, expires: 2026-12-10 }]'), CERTS)).toEqual([
      {
        at: ['backends', 'up', 'facts', 'certs'],
        onKey: true,
        code: 'evidence-ends-soon',
        level: 'warning',
        message: 'iso27001 of "up" counts until 2026-12-10; from the day after constraints find nothing there',
        fix: 'renew it',
      },
    ]);
    expect(said(wordOf('2026-11-01', ', expires: 2026-11-24'), WORD)).toMatchObject([
      { code: 'evidence-ends-soon', message: expect.stringContaining('retention_days of "up"') },
    ]);
  });

  it.each([
    ['later', own('certs: [{ id: iso27001, expires: 2027-01-31 }]'), CERTS],
    ['and is asked by no constraint', own('retention_days: 0, certs: [{ id: c5, expires: 2026-12-01 }]'), WORD],
  ])('and not what ends %s', (_what, backend, constraint) => {
    expect(said(backend, constraint)).toEqual([]);
  });
});
