/** Who may ask for what, what the bodies must hold, and the operations that call no upstream. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KeyConfig, WholeConfig } from '../../../src/core/config.ts';
import { GatewayError } from '../../../src/core/gateway-error.ts';
import { makeCall, makeReply } from '../../support/client.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';
import { chat, chunk, completion, createRig, ending } from './rig.ts';

const hashed = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;

function keyed(keys: Readonly<Record<string, Partial<KeyConfig>>>): WholeConfig {
  const entries = Object.entries(keys).map(
    ([id, more]) => [id, { hash: hashed(id), permissions: [], ...more }] as const,
  );
  const target = { backends: [{ id: 'up', weight: 1 }], pick: 'ordered', answer: 'asked' } as const;
  return wholeConfig({
    backends: { up: backendAt('http://up.test/v1', { facts: { 'operator.country': 'US' } }) },
    models: { assistant: target, coder: target },
    keys: Object.fromEntries(entries),
  });
}

describe('admission', () => {
  it('asks for a key where keys are configured, and knows only those', async () => {
    const rig = await createRig(keyed({ app: {} }));
    const ask = chat({ model: 'assistant' });
    expect(rig.ask(ask).reply.status).toBe(401);
    const wrong = rig.ask(ask, { key: 'apq' }).reply;
    expect([wrong.status, wrong.headers['x-thalweg-code'], wrong.json.error?.['code']]).toEqual([
      401,
      'invalid-credential',
      'invalid_api_key',
    ]);
    expect(wrong.text).not.toContain('apq');
    expect([wrong, rig.ask(ask).reply].map(({ headers }) => headers['www-authenticate'])).toEqual(['Bearer', 'Bearer']);
    rig.ask(ask, { key: 'app' });
    expect(rig.transport.opened).toHaveLength(1);
    rig.transport.last().json(200, completion());
    expect(rig.exchanges().at(-1)).toMatchObject({ key: 'app', outcome: 'ok' });
  });

  it('refuses two credentials that differ', async () => {
    const rig = await createRig(keyed({ app: {} }));
    const call = {
      ...makeCall(chat()),
      credential: { kind: 'ambiguous', where: ['authorization', 'x-api-key'] },
    } as const;
    const reply = makeReply();
    rig.engine.handle(call, reply);
    expect([reply.status, reply.headers['x-thalweg-code']]).toEqual([400, 'ambiguous-credentials']);
    expect(reply.text).toContain('authorization and x-api-key');
  });

  it('shows a key its models only, in lists, in questions and in hints', async () => {
    const rig = await createRig(keyed({ app: { models: ['assistant'] } }));
    const list = rig.ask('', { operation: 'list-models', key: 'app' }).reply.json as { data?: { id: string }[] };
    expect(list.data?.map(({ id }) => id)).toEqual(['assistant']);
    expect(rig.ask('', { operation: 'get-model', target: 'coder', key: 'app' }).reply.status).toBe(404);
    const refused = rig.ask(chat({ model: 'coderr' }), { key: 'app' }).reply;
    expect([refused.status, refused.json.error?.['code']]).toEqual([404, 'model_not_found']);
    expect(refused.text).not.toContain('"coder"');
  });

  it.each([
    ['../../etc/passwd'],
    ['http://evil.test/v1'],
    ['a\r\nx-injected: 1'],
    ['m'.repeat(10_000)],
    ['\u202egpt'],
    ['a//b'],
    [' gpt'],
  ])('a model name like %j is not found and goes nowhere', async (model) => {
    const rig = await createRig(wholeConfig());
    const { reply } = rig.ask(chat({ model }));
    expect([reply.status, reply.headers['x-thalweg-code']]).toEqual([404, 'model-not-found']);
    expect(rig.transport.opened).toHaveLength(0);
    expect(reply.text.length).toBeLessThan(1_000);
  });

  it.each([
    ['not JSON', '{"model":', 'bad-json'],
    ['two documents', '{"model":"m","messages":[]}{}', 'bad-json'],
    ['a scalar', '5', 'bad-json'],
    ['an array', '[]', 'bad-json'],
    ['nothing', '', 'bad-json'],
    ['no model', '{"messages":[]}', 'missing-field'],
    ['a model that is no string', '{"model":7,"messages":[]}', 'invalid-value'],
    ['the model twice', '{"model":"a","messages":[],"model":"b"}', 'duplicate-key'],
    ['the model in another case', '{"model":"a","Model":"b","messages":[]}', 'duplicate-key'],
    ['the model with an escape', '{"model":"a","\\u006dodel":"b","messages":[]}', 'duplicate-key'],
    ['a prototype', '{"model":"a","messages":[],"__proto__":{}}', 'forbidden-key'],
    ['too many levels', `{"model":"a","messages":${'['.repeat(80)}${']'.repeat(80)}}`, 'too-deep'],
    ['a number out of range', '{"model":"a","messages":[],"max_tokens":1e999}', 'invalid-value'],
    ['a negative limit', '{"model":"a","messages":[],"max_tokens":-1}', 'invalid-value'],
    ['an absurd n', '{"model":"a","messages":[],"n":1000000000}', 'invalid-value'],
    ['an upstream of its own', '{"model":"a","messages":[],"base_url":"http://evil.test"}', 'unknown-parameter'],
  ])('%s is refused before anything is sent', async (_, body, code) => {
    const rig = await createRig(wholeConfig());
    const { reply } = rig.ask(body);
    expect([reply.status, reply.headers['x-thalweg-code']]).toEqual([400, code]);
    expect(rig.transport.opened).toHaveLength(0);
    expect(rig.exchanges()).toHaveLength(1);
  });
});

describe('questions', () => {
  it('explains with details for those who may, with names of constraints for the others, and calls nobody', async () => {
    const constraints = [{ id: 'home', require: { 'operator.country': { in: ['DE'] } } }];
    const rig = await createRig({ ...keyed({ ops: { permissions: ['explain'] }, app: {} }), constraints });
    const ask = chat({ model: 'assistant' });
    const full = rig.ask(ask, { operation: 'explain', key: 'ops' }).reply;
    expect(full.status).toBe(200);
    expect(full.text).toContain('"got"');
    const short = rig.ask(ask, { operation: 'explain', key: 'app' }).reply;
    expect(short.text).toContain('home');
    expect(short.text).not.toContain('"up"');
    const refused = rig.ask(ask, { key: 'app' }).reply;
    expect([refused.status, refused.headers['x-thalweg-code'], refused.headers['x-should-retry']]).toEqual([
      403,
      'policy-no-eligible-backend',
      undefined,
    ]);
    expect(refused.text).not.toContain('"up"');
    expect(rig.ask(ask, { key: 'ops' }).reply.text).toContain('"nearest":{"backend":"up","missing":1}');
    expect(rig.transport.opened).toHaveLength(0);
  });
});

describe('reload and shutdown', () => {
  it('a request keeps the configuration it started with, the next one has the new', async () => {
    const rig = await createRig(wholeConfig());
    const before = rig.ask(chat({ stream: true })).reply;
    const first = rig.transport.last();
    first.stream();
    first.send(chunk({ content: 'Hi' }));
    const digest = before.headers['x-thalweg-policy'];
    await rig.install(wholeConfig({}, 'http://other.test/v1'));
    first.send(ending());
    expect(before.text).toContain('[DONE]');
    const after = rig.ask(chat()).reply;
    rig.transport.last().json(200, completion());
    expect(rig.transport.last().request.url).toContain('other.test');
    expect(after.headers['x-thalweg-policy']).not.toBe(digest);
    expect(rig.exchanges().map(({ policy }) => policy)).toEqual([digest, after.headers['x-thalweg-policy']]);
  });

  it('keeps what it knows of a backend over a reload', async () => {
    const rig = await createRig(wholeConfig());
    for (let i = 0; i < 5; i++) {
      rig.ask(chat());
      rig.transport.last().handler.fail(new GatewayError('upstream-timeout'));
    }
    await rig.install(wholeConfig({ telemetry: { log: 'warn', metrics: true, content: 'never' } }));
    expect(rig.ask(chat()).reply.status).toBe(503);
  });

  it('drains: new requests are refused, running ones end honestly when time is up', async () => {
    const rig = await createRig(wholeConfig());
    const streaming = rig.ask(chat({ stream: true })).reply;
    rig.transport.last().stream();
    rig.transport.last().send(chunk({ content: 'Hi' }));
    const waiting = rig.ask(chat()).reply;
    rig.engine.drain();
    expect(rig.engine.ready()).toEqual({ ready: false, reason: 'draining' });
    expect(rig.ask(chat()).reply.headers['x-thalweg-code']).toBe('gateway-shutdown');
    rig.engine.cutShort();
    expect(streaming.text).toMatch(/"error"/);
    expect(streaming.text).not.toContain('[DONE]');
    expect(streaming.ended).toBe(true);
    expect(waiting.status).toBe(503);
    expect(rig.transport.opened.every(({ aborted }) => aborted !== null)).toBe(true);
    expect(rig.breakers()).toEqual([]);
  });
});

describe('the policy digest', () => {
  it('changes with what decisions depend on, and never with a secret', async () => {
    const digestOf = async (whole: WholeConfig): Promise<string> =>
      (await createRig(whole)).engine.live().snapshot.policy.digest;
    const withKey = (key: string): WholeConfig =>
      wholeConfig({ backends: { up: backendAt('http://up.test/v1', { key }) } });
    expect(await digestOf(withKey('sk-one'))).toBe(await digestOf(withKey('sk-two')));
    expect(await digestOf(withKey('sk-one'))).not.toBe(await digestOf(wholeConfig()));
  });
});
