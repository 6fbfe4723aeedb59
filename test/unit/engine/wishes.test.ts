/** What requests want of backends, through the engine: OpenRouter's object, our headers, and what goes on of them. */
import { describe, expect, it } from 'vitest';
import type { WholeConfig } from '../../../src/core/config.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';
import { chat, completion, createRig } from './rig.ts';

const config = (more: Partial<WholeConfig> = {}): WholeConfig =>
  wholeConfig({
    backends: {
      near: backendAt('http://near.test/v1'),
      far: backendAt('http://far.test/v1', { facts: { retention_days: 0 } }),
      market: { provider: 'openrouter', model: '*', key: 'sk-or' },
    },
    models: {
      '*': { backends: ['near', 'far', 'market'].map((id) => ({ id, weight: 1 })), pick: 'ordered', answer: 'asked' },
    },
    ...more,
  });

const origin = (url: string): string => new URL(url).host;

describe('the provider object', () => {
  it('narrows and reorders, and is cut out of the bytes for everybody but OpenRouter', async () => {
    const rig = await createRig(config());
    const body = '{"model":"m",  "provider": {"order":["far"]} ,"messages":[{"role":"user","content":"Hi"}], "x":1}';
    const { reply } = rig.ask(body);
    const sent = rig.transport.last();
    expect(origin(sent.request.url)).toBe('far.test');
    expect(new TextDecoder().decode(sent.request.body)).toBe(
      '{"model":"m",  "messages":[{"role":"user","content":"Hi"}], "x":1}',
    );
    sent.json(200, completion());
    expect(reply.status).toBe(200);
    expect(rig.exchanges()[0]).toMatchObject({
      path: 'pass',
      backend: 'far',
      splices: ['request.provider'],
      losses: [],
    });
  });

  it('goes on to OpenRouter as it came, which judges it by what it knows', async () => {
    const rig = await createRig(config());
    const provider = { only: ['mistral'], quantizations: ['fp8'] };
    rig.ask({ ...chat(), provider });
    expect(origin(rig.transport.last().request.url)).toBe('openrouter.ai');
    expect(rig.transport.last().body['provider']).toEqual(provider);
  });

  it('is left out of a translation, and no loss', async () => {
    const rig = await createRig(
      config({
        backends: { claude: { provider: 'anthropic', model: 'claude-x', key: 'sk-ant' } },
        models: { '*': { backends: [{ id: 'claude', weight: 1 }], pick: 'ordered', answer: 'asked' } },
      }),
    );
    rig.ask({ ...chat(), max_tokens: 5, provider: { require_parameters: true } });
    expect(rig.transport.last().body).not.toHaveProperty('provider');
    expect(origin(rig.transport.last().request.url)).toBe('api.anthropic.com');
  });

  it.each<[unknown, string]>([
    ['cheap', 'provider'],
    [{ only: 'near' }, 'provider.only'],
    [{ order: [1] }, 'provider.order'],
    [{ zdr: 'yes' }, 'provider.zdr'],
    [{ sort: 'beauty' }, 'provider.sort'],
    [{ data_collection: 'never' }, 'provider.data_collection'],
    [{ max_price: { prompt: -1 } }, 'provider.max_price.prompt'],
    [{ max_price: 1 }, 'provider.max_price'],
  ])('%j is refused with its place', async (provider, where) => {
    const rig = await createRig(config());
    const { reply } = rig.ask({ ...chat(), provider });
    expect(reply.status).toBe(400);
    expect(reply.json.error).toMatchObject({ param: where });
    expect(rig.transport.opened).toHaveLength(0);
  });

  it('with a key twice is refused', async () => {
    const rig = await createRig(config());
    const { reply } = rig.ask(
      '{"model":"m","messages":[{"role":"user","content":"Hi"}],"provider":{"only":["near"],"only":["far"]}}',
    );
    expect([reply.status, reply.headers['x-thalweg-code']]).toEqual([400, 'duplicate-key']);
  });
});

describe('headers', () => {
  it('name one backend, which constraints still hold for', async () => {
    const rig = await createRig(config({ constraints: [{ id: 'zero', require: { retention_days: 0 } }] }));
    rig.ask(chat(), { headers: { 'x-thalweg-backend': 'far' } });
    expect(origin(rig.transport.last().request.url)).toBe('far.test');
    const { reply } = rig.ask(chat(), { headers: { 'x-thalweg-backend': 'near' } });
    expect([reply.status, reply.headers['x-thalweg-code']]).toEqual([403, 'policy-no-eligible-backend']);
    const { reply: stranger } = rig.ask(chat(), { headers: { 'x-thalweg-backend': 'elsewhere' } });
    expect([stranger.status, stranger.headers['x-thalweg-code']]).toEqual([400, 'request-unsatisfiable']);
  });

  it('hold together with the body, on every surface', async () => {
    const rig = await createRig(config());
    const { reply } = rig.ask(
      { ...chat(), provider: { only: ['near'] } },
      { headers: { 'x-thalweg-prefer': 'only=far,market' } },
    );
    rig.transport.last();
    expect(origin(rig.transport.last().request.url)).toBe('openrouter.ai');
    expect(reply.status).toBe(null);
    const { reply: bad } = rig.ask(chat(), { headers: { 'x-thalweg-prefer': 'zdr=maybe' } });
    expect(bad.status).toBe(400);
  });
});

describe('another gateway', () => {
  const elsewhere = (countries: readonly string[]): WholeConfig => {
    const base = config({ constraints: [{ id: 'here', require: { 'gateway.countries': { subset: 'EEA' } } }] });
    const regions = { eu: { countries: ['DE'], url: 'https://eu.gateway.test' } };
    return { ...base, gateway: { ...base.gateway, countries, regions } };
  };

  it('is named with 421 and a location, and nothing leaves', async () => {
    const rig = await createRig(elsewhere(['US']));
    const { reply } = rig.ask(chat());
    expect([reply.status, reply.headers['x-thalweg-code'], reply.headers['location']]).toEqual([
      421,
      'wrong-gateway-region',
      'https://eu.gateway.test/v1/chat/completions',
    ]);
    expect(rig.transport.opened).toHaveLength(0);
  });

  it('is not needed in the right place', async () => {
    const rig = await createRig(elsewhere(['DE']));
    rig.ask(chat());
    expect(rig.transport.opened).toHaveLength(1);
  });
});

describe('details of backends in errors', () => {
  it('show want, got, grade and scope', async () => {
    const rig = await createRig(
      config({
        constraints: [{ id: 'zero', require: { retention_days: { max: 0 } } }],
        models: {
          '*': { backends: [{ id: 'near', weight: 1 }], pick: 'ordered', answer: 'asked' },
        },
      }),
    );
    const { reply } = rig.ask(chat());
    expect(JSON.stringify(reply.json)).toContain(
      JSON.stringify({ constraint: 'zero', key: 'retention_days', want: '<= 0', got: 'unknown', scope: 'gateway' }),
    );
  });
});
