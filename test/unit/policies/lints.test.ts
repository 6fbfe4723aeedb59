/** Lints: one file per finding with its place, its words and its fix, and its nearest neighbour that is fine. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../providers/index.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { Secret } from '../../../src/core/secret.ts';
import { proveOnNode } from '../../../src/node.ts';
import { createLanguage } from '../../../src/sections.ts';
import { load, portsOf } from '../config/fixture.ts';

const HEAD = `backends:
  berlin:
    { provider: vllm, url: 'http://127.0.0.1:8001/v1', model: m, facts: { operator.country: DE, operator.group: spree, compute.countries: [DE], retention_days: 0 } }
  paris:
    { provider: vllm, url: 'http://127.0.0.1:8002/v1', model: m, facts: { operator.country: FR, operator.group: seine, compute.countries: [FR], retention_days: 30 } }
  ohio: { provider: vllm, url: 'http://127.0.0.1:8003/v1', model: m, capabilities: { tools: false }, facts: { operator.country: US, compute.countries: [US] } }
models: { chat: { backends: [berlin, paris, ohio] } }
`;
const LINES = HEAD.split('\n').length - 1;
const language = createLanguage(catalogue);

interface Said {
  readonly code: string;
  readonly level: string;
  /** Counted from the end of the head. */
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}

/** What is said of a file that begins with the head: errors and warnings of lints. */
function said(rest: string): Said[] {
  const loaded = load(HEAD + rest, portsOf(), language);
  if (!loaded.ok) throw new Error(`It does not load: ${JSON.stringify(loaded.findings)}`);
  const list: Said[] = [];
  const keep = (findings: ReturnType<typeof loaded.place>): void => {
    for (const { code, level = 'error', line, message, fix } of findings) {
      list.push({ code, level, line: line - LINES, message, fix: fix ?? '' });
    }
  };
  try {
    proveOnNode(loaded, { secret: (text) => new Secret(text), priceBook: null }, keep);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    keep(error.findings);
  }
  return list;
}

const EU = `{ id: eu, when: 'data.class >= CONFIDENTIAL', require: { compute.countries: { subset: EU } } }`;

describe('L1, nobody may answer', () => {
  it('names the least protected kind, once, at what keeps everybody out', () => {
    const file = `constraints:
  - ${EU}
  - { id: short, when: 'data.class >= RESTRICTED', require: { retention_days: { max: 7 }, operator.country: FR } }
`;
    expect(said(file)).toEqual([
      {
        code: 'nobody-may-answer',
        level: 'error',
        line: 3,
        message: 'no backend may answer a request of class RESTRICTED: eu, short together leave none',
        fix: expect.stringContaining('policy-no-eligible-backend'),
      },
    ]);
  });

  it('is silent where a test says that it is meant, and where one model is left', () => {
    const alone = `constraints: [{ id: none, when: '"phi" in data.labels', require: { operator.country: IS } }]\n`;
    expect(said(alone)).toMatchObject([{ code: 'nobody-may-answer', message: expect.stringContaining('with phi') }]);
    const meant = `${alone}tests: [{ name: phi stays out, given: { labels: [phi] }, expect: { code: policy-no-eligible-backend } }]\n`;
    expect(said(meant)).toEqual([]);
    expect(said(`constraints: [${EU}]\n`)).toEqual([]);
  });

  it('warns where only two labels together leave nobody', () => {
    const file = `constraints:
  - { id: a, when: '"pii" in data.labels', require: { compute.countries: { in: [DE, US] } } }
  - { id: b, when: '"phi" in data.labels', require: { compute.countries: { in: [FR] } } }
  - { id: c, when: '"phi" in data.labels && "pii" in data.labels', require: { retention_days: 0 } }
`;
    const told = said(file).map(({ code, level }) => `${level} ${code}`);
    expect(told).toContain('error contradictory-constraints');
    const looser = file
      .replace('{ in: [FR] }', '{ in: [FR, DE] }')
      .replace('retention_days: 0', 'operator.country: FR');
    expect(said(looser)).toMatchObject([{ code: 'nobody-may-answer', level: 'warning' }]);
  });
});

describe('L2, redundancy', () => {
  const rule = (min: number, distinct: string): string =>
    `rules: [{ id: all, match: 'true', attempts: { redundancy: { min: ${min}, distinct: ${distinct} } } }]\n`;

  it('is an error for ordinary requests: unknown is not counted', () => {
    expect(said(rule(2, 'operator.group'))).toEqual([]);
    expect(said(rule(3, 'operator.group'))).toEqual([
      {
        code: 'too-little-redundancy',
        level: 'error',
        line: 1,
        message: 'model "chat" has 2 known operator.group (spree, seine) for a request of class INTERNAL, 3 are wanted',
        fix: expect.stringContaining('operator.group'),
      },
    ]);
    expect(said(rule(3, 'operator.country'))).toEqual([]);
    expect(said(rule(2, 'provider'))).toMatchObject([{ message: expect.stringContaining('1 known provider (vllm)') }]);
  });

  it('is a warning for what is more protected, and says for what', () => {
    const file = `constraints: [{ id: home, when: '"pii" in data.labels', require: { compute.countries: [DE] } }]\n`;
    expect(said(file + rule(2, 'operator.country'))).toMatchObject([
      { code: 'too-little-redundancy', level: 'warning', line: 2, message: expect.stringContaining('with pii') },
    ]);
  });
});

describe('L3 and L4, what never comes about', () => {
  it.each([
    ['data.class < INTERNAL', 'idle-rule', 'warning'],
    ['data.class < INTERNAL && request.stream', 'idle-rule', 'warning'],
    ['key.tenant == "bank"', 'idle-rule', 'warning'],
    ['request.model == "cat"', 'idle-rule', 'warning'],
  ])('a rule for %s', (match, code, level) => {
    expect(said(`rules:\n  - { id: odd, match: '${match}' }\n  - { id: all, match: 'true' }\n`)).toMatchObject([
      { code, level, line: 2 },
    ]);
  });

  it('a rule whose requests earlier ones take', () => {
    const file = `rules:
  - { id: upper, match: 'data.class >= CONFIDENTIAL' }
  - { id: lower, match: 'data.class <= INTERNAL' }
  - { id: streams, match: 'request.stream' }
  - { id: all, match: 'true' }
`;
    expect(said(file)).toMatchObject([
      { code: 'unreachable-rule', level: 'error', line: 4, message: expect.stringContaining('upper, lower') },
    ]);
  });

  it.each(['request.stream', 'request.model == "chat"', '"tools" in request.needs', 'request.tokens_in > 5'])(
    'not a rule for %s',
    (match) => {
      expect(said(`rules:\n  - { id: some, match: '${match}' }\n  - { id: all, match: 'true' }\n`)).toEqual([]);
    },
  );

  it('a constraint that never holds, and one that another says already', () => {
    expect(
      said(`constraints: [{ id: x, when: 'key.id == "app"', require: { operator.country: { not_in: [CN] } } }]\n`),
    ).toMatchObject([{ code: 'idle-constraint', level: 'warning', line: 1 }]);
    const file = `constraints:
  - { id: loose, when: 'data.class >= RESTRICTED', require: { compute.countries: { subset: EEA } } }
  - ${EU}
`;
    expect(said(file)).toMatchObject([
      { code: 'implied-constraint', level: 'warning', line: 2, message: expect.stringContaining('"eu" requires all') },
    ]);
    expect(said(file.replace('subset: EEA', 'subset: [DE]'))).toEqual([]);
    expect(said(file.replace('RESTRICTED', 'INTERNAL'))).toEqual([]);
    const bounds = (weak: string): string => `constraints:
  - { id: max, require: { retention_days: { max: 30 } } }
  - { id: other, require: { retention_days: ${weak} } }
`;
    expect(said(bounds('{ max: 90 }'))).toContainEqual(
      expect.objectContaining({ code: 'implied-constraint', line: 3 }),
    );
    expect(said(bounds('{ min: 1 }')).filter(({ code }) => code === 'implied-constraint')).toEqual([]);
  });
});

describe('L5, contradiction', () => {
  it('of two that hold together for a class only', () => {
    const file = `constraints:
  - ${EU}
  - { id: us, when: 'data.class >= RESTRICTED', require: { compute.countries: { in: [US] } } }
`;
    expect(said(file)).toMatchObject([
      {
        code: 'contradictory-constraints',
        level: 'error',
        line: 3,
        message: expect.stringContaining('"eu" for a request of class RESTRICTED'),
      },
    ]);
  });
});

describe('L7, unknown facts', () => {
  it('are named where they are the only reason', () => {
    expect(said(`constraints: [{ id: short, require: { retention_days: { max: 90 } } }]\n`)).toMatchObject([
      {
        code: 'fact-unknown',
        level: 'warning',
        message: expect.stringContaining('"ohio" because nothing says its retention_days'),
      },
    ]);
    const known = `constraints: [{ id: eu, require: { retention_days: { max: 90 }, compute.countries: { subset: EU } } }]\n`;
    expect(said(known)).toEqual([]);
  });
});

it('tells features apart: a model that is known to lack one is not there for those who need it', () => {
  const file = `constraints: [{ id: us, when: '"tools" in request.needs', require: { operator.country: US } }]\n`;
  expect(said(file)).toMatchObject([
    { code: 'nobody-may-answer', level: 'error', message: expect.stringContaining('that needs tools') },
  ]);
});
