/** How sources of a class join, that nothing ever lowers it, and what happens to what cannot be read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOfClass, UNCLASSIFIED, type DataFacts } from '../../../../src/core/data-class.ts';
import { viewOf } from '../../../../src/core/headers.ts';
import { explain, plan } from '../../../../policies/index.ts';
import { seededRandom } from '../../../../src/core/clock.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf, type Sections } from '../scene.ts';

const IBAN = 'DE89370400440532013000';
const CANARY = 'jane.canary@example.org';
const backends = backendsOf(
  { id: 'home', facts: { 'compute.countries': ['DE'] } },
  { id: 'away', facts: { 'compute.countries': ['US'] } },
);
const alias = aliasOf(backends);
const BANK: Sections = {
  classify: [
    { detect: ['iban', 'email'], min: 'confidential', label: 'pii' },
    { detect: ['private_key', 'secret_key'], min: 'restricted', label: 'secret' },
    { when: 'key.tenant == "kyc"', min: 'restricted', label: 'pii' },
    { header: 'x-data-class' },
  ],
  constraints: [{ id: 'eu', when: 'data.class >= CONFIDENTIAL', require: { 'compute.countries': { subset: 'EU' } } }],
  keys: { desk: { hash: `sha256:${'1'.repeat(64)}`, permissions: [], class: 'confidential', labels: ['phi'] } },
};
const policy = policyOf(backends, BANK);
const body = (content: unknown) => () => JSON.stringify({ messages: [{ role: 'user', content }] });

function judge(content: unknown, own: Parameters<typeof factsOf>[1] = {}, media = false): DataFacts {
  return policy.classify!.classify(factsOf(alias, own), body(content), media);
}

describe('the classification stage', () => {
  it('is not there where nothing asks for it', () => {
    expect(policyOf(backends).classify).toBeNull();
    expect(policyOf(backends, { constraints: [{ id: 'x', require: { trains_on_data: false } }] }).classify).toBeNull();
  });

  it('is there where a condition reads the class', () => {
    expect(
      policyOf(backends, {
        rules: [
          { id: 'a', match: '"pii" in data.labels' },
          { id: 'b', match: 'true' },
        ],
      }).classify,
    ).not.toBeNull();
  });

  it.each<[string, unknown, Parameters<typeof factsOf>[1], string, string[]]>([
    ['nothing', 'hello', {}, 'INTERNAL', []],
    ['a detector', `IBAN ${IBAN}`, {}, 'CONFIDENTIAL', ['pii']],
    ['two detectors', `${IBAN} -----BEGIN PRIVATE KEY-----`, {}, 'RESTRICTED', ['pii', 'secret']],
    ['a condition', 'hello', { tenant: 'kyc' }, 'RESTRICTED', ['pii']],
    ['a key', 'hello', { key: 'desk' }, 'CONFIDENTIAL', ['phi']],
    [
      'the header',
      'hello',
      { headers: viewOf(['x-thalweg-data-class', 'Restricted; pci, pii']) },
      'RESTRICTED',
      ['pci', 'pii'],
    ],
    ['a named header', 'hello', { headers: viewOf(['x-data-class', 'confidential']) }, 'CONFIDENTIAL', []],
    [
      'a header that wants less',
      IBAN,
      { headers: viewOf(['x-thalweg-data-class', 'public']) },
      'CONFIDENTIAL',
      ['pii'],
    ],
    [
      'a header that nobody can read',
      'hello',
      { headers: viewOf(['x-thalweg-data-class', 'confidental']) },
      'RESTRICTED',
      ['pii', 'secret'],
    ],
    ['a body that is too large', 'hello', { bodyBytes: 1_048_577 }, 'RESTRICTED', ['pii', 'secret']],
    [
      'a picture',
      [{ type: 'image_url', image_url: { url: 'https://x.example/a.png' } }],
      {},
      'RESTRICTED',
      ['pii', 'secret'],
    ],
  ])('judges by %s', (_, content, own, name, labels) => {
    const data = judge(content, own);
    expect([nameOfClass(data.class), data.labels]).toEqual([name, labels]);
  });

  it('says which detector found how much in which field', () => {
    const { because } = judge([
      { type: 'text', text: `${IBAN} and ${IBAN}` },
      { type: 'text', text: CANARY },
    ]);
    expect(because).toEqual([
      { source: 'default', name: 'internal', field: null, count: 1 },
      { source: 'detector', name: 'iban', field: 'messages[0].content[0].text', count: 2 },
      { source: 'detector', name: 'email', field: 'messages[0].content[1].text', count: 1 },
    ]);
  });

  it('counts media that the codec saw and nobody read', () => {
    expect(nameOfClass(judge('hello', {}, true).class)).toBe('RESTRICTED');
  });

  it('lets media pass where the file says so, and says it', () => {
    const open = policyOf(backends, { ...BANK, defaults: { on_error: 'allow' } }).classify!;
    const data = open.classify(factsOf(alias), body('hello'), true);
    expect(nameOfClass(data.class)).toBe('INTERNAL');
    expect(data.because.at(-1)).toMatchObject({ source: 'unreadable', name: 'media' });
  });

  it('ratchets: earlier turns raise, and what nobody knows is the highest', () => {
    const stage = policy.classify!;
    expect(stage.raise(judge('hi'), { class: 2, labels: ['pii'] })).toMatchObject({ class: 2, labels: ['pii'] });
    expect(stage.raise(judge(IBAN), { class: 0, labels: [] })).toMatchObject({ class: 2, labels: ['pii'] });
    expect(stage.raise(judge('hi'), null)).toMatchObject({ class: 3, labels: ['pii', 'secret'] });
  });

  it('finds the same however the text is spread over the fields of a request', () => {
    const places = [
      (text: string) => ({ messages: [{ role: 'system', content: text }] }),
      (text: string) => ({ system: [{ type: 'text', text }], messages: [] }),
      (text: string) => ({ instructions: text, input: 'hi' }),
      (text: string) => ({ input: [{ type: 'function_call_output', call_id: 'c', output: text }] }),
      (text: string) => ({
        messages: [
          { role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: JSON.stringify({ a: text }) } }] },
        ],
      }),
      (text: string) => ({
        messages: [{ role: 'assistant', content: [{ type: 'tool_use', name: 'f', input: { deep: [{ a: text }] } }] }],
      }),
      (text: string) => ({
        messages: [{ role: 'user', content: [{ type: 'tool_result', content: [{ type: 'text', text }] }] }],
      }),
      (text: string) => ({ tools: [{ type: 'function', function: { name: 'f', description: text } }] }),
      (text: string) => ({ tools: [{ name: 'f', input_schema: { properties: { [text]: { enum: [] } } } }] }),
      (text: string) => ({
        input: [{ type: 'message', content: [{ type: 'input_file', filename: text, file_data: 'data:,x' }] }],
      }),
      (text: string) => ({ metadata: { note: text }, messages: [] }),
      (text: string) => ({ 'x-unknown': { field: [text] }, messages: [] }),
    ];
    for (const place of places) {
      const data = policy.classify!.classify(factsOf(alias), () => JSON.stringify(place(`see ${CANARY} now`)), false);
      expect({ at: place('…'), class: data.class, labels: data.labels }).toEqual({
        at: place('…'),
        class: 2,
        labels: ['pii'],
      });
      expect(JSON.stringify(data)).not.toContain('canary');
    }
  });

  it('never writes what was found into an explanation, even where a name is the finding', () => {
    const content = [{ [CANARY]: CANARY, text: `${IBAN} ${CANARY}`, [IBAN]: IBAN }];
    const facts = { ...factsOf(alias), data: judge(content) };
    const made = plan(policy, facts, stateOf(2), seededRandom(1));
    const record = JSON.stringify(explain(policy, facts, stateOf(2), made, { id: 'dec-1', seed: 1 }, true));
    expect(record).toContain('"class":"CONFIDENTIAL"');
    expect(record).not.toMatch(/canary|DE89/);
  });
});

describe('laws', () => {
  const eligible = (data: DataFacts): string[] =>
    plan(policy, { ...factsOf(alias), data }, stateOf(2), seededRandom(1))
      .trace.filter(({ rejections }) => rejections.length === 0)
      .map(({ candidate }) => candidate.backend.id);
  const data = fc.record({
    class: fc.constantFrom(0, 1, 2, 3),
    labels: fc.subarray(['pci', 'pii', 'secret']),
  }) as fc.Arbitrary<Pick<DataFacts, 'class' | 'labels'>>;

  it('raising a class never enlarges the eligible set', () => {
    fc.assert(
      fc.property(data, data, (a, b) => {
        const low = { ...UNCLASSIFIED, ...a };
        const high = policy.classify!.raise(low, b);
        const before = eligible(low);
        expect(eligible(high).every((id) => before.includes(id))).toBe(true);
        expect(high.class).toBeGreaterThanOrEqual(low.class);
        expect(low.labels.every((label) => high.labels.includes(label))).toBe(true);
      }),
    );
  });

  it('more text never lowers', () => {
    const piece = fc.constantFrom(IBAN, CANARY, '-----BEGIN PRIVATE KEY-----', 'hello', '', '{"a":"b\\n"}');
    fc.assert(
      fc.property(fc.array(piece), fc.array(piece), (some, more) => {
        const [less, all] = [judge(some.join('\n')), judge([...some, ...more].join('\n'))];
        expect(all.class).toBeGreaterThanOrEqual(less.class);
        expect(less.labels.every((label) => all.labels.includes(label))).toBe(true);
      }),
    );
  });
});
