/** Numbers, keys and names of persons, put into every field that holds text, are seen in nothing that the gateway writes or says. */
import { trace, type Span, type SpanOptions } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';

const CARD = '4242 4242 4242 4242';
const IBAN = 'DE89370400440532013000';
const KEY = 'sk-ant-api03-CaNaRy12dEf456GhI789jKl012';
const NAME = 'Zebedee Quuxworth';
const ALL = `${NAME} pays ${CARD} from ${IBAN} with ${KEY}`;
/** Longer than any digits that an id has by chance. */
const SEEN = [/4242 ?4242/, /DE8937/, /CaNaRy/, /Zebedee|Quuxworth/];

const CALLERS = { expert: 'sk-caller-expert', plain: 'sk-caller-plain' };

async function hashOf(key: string): Promise<string> {
  return `sha256:${Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))).toString('hex')}`;
}

/** One model whose backend does not answer, one that no protected request may use. */
async function configOf(): Promise<string> {
  return `
backends:
  down: { provider: openai-compatible, url: "http://127.0.0.1:9/v1", model: m, facts: { compute.countries: [DE] } }
  away: { provider: openai-compatible, url: "http://127.0.0.1:9/v1", model: m, facts: { compute.countries: [US] } }
models: { down: { backends: [down] }, away: { backends: [away] } }
classify:
  - { detect: [iban, card], min: confidential, label: pii }
  - { detect: [secret_key], min: restricted, label: secret }
constraints: [{ id: eu, when: 'data.class >= CONFIDENTIAL', require: { compute.countries: { subset: EU } } }]
keys:
  expert: { hash: "${await hashOf(CALLERS.expert)}", permissions: [explain] }
  plain: { hash: "${await hashOf(CALLERS.plain)}" }
evidence: { decisions: all }
telemetry: { log: info }
`;
}

type Body = Readonly<Record<string, unknown>>;
const user = (content: unknown): Body => ({ messages: [{ role: 'user', content }] });
const input = (...items: readonly unknown[]): Body => ({ input: items });
const schema = { type: 'object', properties: { [ALL]: { description: ALL, enum: [ALL] } } };

const CHAT: Readonly<Record<string, Body>> = {
  'a system text': { messages: [{ role: 'system', content: ALL }] },
  'a message': user(ALL),
  'parts of a message': user(
    [NAME, CARD.slice(0, 9), CARD.slice(9), IBAN, KEY].map((text) => ({ type: 'text', text })),
  ),
  'a name of a speaker': { messages: [{ role: 'user', name: ALL, content: IBAN }] },
  'arguments of a tool': {
    messages: [
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify({ [ALL]: ALL }) } }],
      },
      { role: 'tool', tool_call_id: 'c', content: ALL },
    ],
  },
  'a tool': {
    ...user('x'),
    tools: [{ type: 'function', function: { name: 'f', description: ALL, parameters: schema } }],
  },
  'a file': user([{ type: 'file', file: { filename: ALL, file_data: `data:text/plain;base64,${btoa(ALL)}` } }]),
  'what the request says of itself': { ...user(IBAN), user: ALL, stop: [ALL], metadata: { [ALL]: ALL } },
  'a field that nobody knows': { ...user(IBAN), [ALL]: [{ [ALL]: ALL }] },
  'a wrong type': { ...user(ALL), temperature: ALL, messages: [{ role: ALL, content: ALL }] },
};
const MESSAGES: Readonly<Record<string, Body>> = {
  'a system text': { ...user('x'), system: [{ type: 'text', text: ALL }] },
  'a message': user(ALL),
  'arguments of a tool': {
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: { [ALL]: [ALL] } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: ALL }] }] },
    ],
  },
  'a tool': { ...user('x'), tools: [{ name: 'f', description: ALL, input_schema: schema }] },
  'a document': user([
    { type: 'document', title: ALL, context: ALL, source: { type: 'text', media_type: 'text/plain', data: ALL } },
  ]),
  'what the request says of itself': { ...user(IBAN), metadata: { user_id: ALL }, stop_sequences: [ALL] },
  'a field that nobody knows': { ...user(IBAN), [ALL]: ALL },
  'a wrong type': { ...user([{ type: ALL, text: ALL }]), max_tokens: ALL },
};
const RESPONSES: Readonly<Record<string, Body>> = {
  'a text': { input: ALL },
  'a system text': { ...input({ role: 'user', content: 'x' }), instructions: ALL },
  'a message': input({ role: 'user', content: [{ type: 'input_text', text: ALL }] }),
  'arguments of a tool': input(
    { type: 'function_call', call_id: 'c', name: 'f', arguments: JSON.stringify({ [ALL]: ALL }) },
    { type: 'function_call_output', call_id: 'c', output: ALL },
  ),
  'a tool': { input: 'x', tools: [{ type: 'function', name: 'f', description: ALL, parameters: schema }] },
  'a file': input({ role: 'user', content: [{ type: 'input_file', filename: ALL, file_data: `data:,${ALL}` }] }),
  'what the request says of itself': { input: IBAN, metadata: { [ALL]: ALL }, safety_identifier: ALL },
  'a field that nobody knows': { input: IBAN, [ALL]: ALL },
  'a wrong type': input({ type: ALL, content: ALL, role: ALL }),
};
const LANGUAGES = { 'chat/completions': CHAT, messages: MESSAGES, responses: RESPONSES };

let gateway: ReturnType<typeof createGateway>;
let log = '';
const spans: { readonly name: string; readonly options: SpanOptions | undefined }[] = [];

beforeAll(async () => {
  const span = { setStatus: () => span, end: () => {} } as unknown as Span;
  const startSpan = (name: string, options?: SpanOptions): Span => {
    spans.push({ name, options });
    return span;
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan: () => undefined }) } as never);
  gateway = createGateway(await configOf(), { log: (lines) => void (log += lines) });
});
afterAll(async () => {
  await gateway.close();
  trace.disable();
});

async function ask(path: string, key: string, body: unknown): Promise<string> {
  const answer = await gateway.fetch(`http://gateway/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'anthropic-version': '2023-06-01' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return [answer.status, ...[...answer.headers].map(([name, value]) => `${name}: ${value}`), await answer.text()].join(
    '\n',
  );
}

const CASES = Object.entries(LANGUAGES).flatMap(([path, places]) =>
  Object.entries(places).map(([place, body]): [string, string, Body] => [path, place, body]),
);

describe('a canary', () => {
  it.each(CASES)('of %s in %s is not told by errors and explanations', async (path, _, body) => {
    for (const model of ['down', 'away']) {
      const whole = { model, max_tokens: 9, ...body };
      const told = [
        await ask(path, CALLERS.plain, whole),
        await ask('explain', CALLERS.plain, whole),
        await ask('explain', CALLERS.expert, whole),
        await ask(path, CALLERS.plain, JSON.stringify(whole).slice(0, -1)),
      ];
      for (const text of told) for (const canary of SEEN) expect(text).not.toMatch(canary);
    }
  });

  it('is not in the log, in decisions, metrics or spans, which know the class', async () => {
    await gateway.fetch('http://gateway/healthz');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const metrics = await (await gateway.admin.fetch(new Request('http://gateway/metrics'))).text();
    const written = log + metrics + JSON.stringify(spans);
    expect(SEEN.filter((canary) => canary.test(written))).toEqual([]);
    expect(log).toContain('"class":"RESTRICTED","labels":["pii","secret"]');
    expect(log).toContain('"event":"decision"');
    expect(metrics).toMatch(/thalweg_classified_requests_total\{class="RESTRICTED",backend="down"\} \d+/);
    expect(spans.length).toBeGreaterThan(0);
  });
});
