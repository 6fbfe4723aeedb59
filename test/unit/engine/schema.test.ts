/** What the engine's sections become: defaults, units, short forms. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { backendsSchema, gatewaySchema, keysSchemaWith, modelsSchema } from '../../../src/engine/schema.ts';

const keysSchema = keysSchemaWith(z.never());

const hash = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('gateway', () => {
  it('has a default for everything', () => {
    const defaults = {
      listen: '127.0.0.1:8080',
      admin: '127.0.0.1:8081',
      countries: [],
      lossy: 'warn',
      open: false,
      hosts: [],
      origins: [],
      limits: { body: 4 * 1024 ** 2, answer: 64 * 1024 ** 2, event: 1024 ** 2 },
      timeouts: { connect: 3000, headers: 60_000, first_byte: 60_000, idle: 60_000, total: 600_000 },
      grace: 30_000,
    };
    expect(gatewaySchema.parse(undefined)).toEqual(defaults);
    expect(gatewaySchema.parse({ limits: {}, timeouts: {} })).toEqual(defaults);
  });

  it('reads durations and sizes', () => {
    const { limits, timeouts, grace } = gatewaySchema.parse({
      limits: { body: '512B', answer: '1GiB', event: '16MiB' },
      timeouts: { connect: '800ms', total: '2h', idle: '1.5s' },
      grace: '5m',
    });
    expect(limits).toEqual({ body: 512, answer: 1024 ** 3, event: 16 * 1024 ** 2 });
    expect([timeouts.connect, timeouts.total, timeouts.idle, grace]).toEqual([800, 7_200_000, 1500, 300_000]);
  });

  it.each([
    ['grace', '0s'],
    ['grace', '-1s'],
    ['grace', '5 s'],
    ['grace', 'PT5S'],
    ['listen', ':8080'],
    ['listen', '127.0.0.1'],
    ['listen', '::1:8080'],
    ['countries', ['no']],
    ['countries', ['EU']],
    ['hosts', ['https://x']],
    ['origins', ['*']],
    ['origins', ['https://x/']],
    ['lossy', 'never'],
  ])('refuses %s: %j', (field, value) => {
    expect(gatewaySchema.safeParse({ [field]: value }).success).toBe(false);
  });

  it('takes hosts and origins with ports', () => {
    const given = {
      hosts: ['llm.example.com', 'localhost:8080', '[::1]:8080'],
      origins: ['https://app.example.com:8443'],
    };
    expect(gatewaySchema.parse(given)).toMatchObject(given);
  });
});

describe('backends', () => {
  it('keep what they are given and add nothing', () => {
    const up = {
      provider: 'vllm',
      url: 'http://127.0.0.1:8000/v1',
      model: 'm',
      key: '${KEY}',
      context: 65536,
      max_output: 4096,
      capabilities: { tools: true, images: false },
      facts: {
        'operator.country': 'DE',
        'compute.countries': { value: ['DE', 'FR'], grade: 'contractual', source: 'contract 7', as_of: '2026-07-01' },
        retention_days: 0,
        trains_on_data: false,
        network: 'perimeter',
      },
      price: { input: 0, output: 0.4 },
    };
    expect(backendsSchema.parse({ up })).toEqual({ up });
    expect(backendsSchema.parse({ a: { provider: 'p', model: '*' } })).toEqual({ a: { provider: 'p', model: '*' } });
  });

  it('read their own timeouts, absent ones stay absent', () => {
    expect(backendsSchema.parse({ a: { provider: 'p', model: 'm', timeouts: { idle: '5s' } } }).a?.timeouts).toEqual({
      idle: 5000,
    });
  });

  it('give evidence the weakest grade', () => {
    const facts = { trains_on_data: { value: false } };
    expect(backendsSchema.parse({ a: { provider: 'p', model: 'm', facts } }).a?.facts).toEqual({
      trains_on_data: { value: false, grade: 'declared' },
    });
  });

  it.each([
    { facts: { 'compute.countries': [] } },
    { facts: { 'compute.countries': 'DE' } },
    { facts: { 'operator.country': ['DE'] } },
    { facts: { trains_on_data: { value: false, grade: 'attested' } } },
    { facts: { retention_days: { value: 0, as_of: 'July' } } },
    { facts: { network: 'vpn' } },
    { capabilities: { toolz: true } },
    { price: { input: Number.NaN } },
    { context: 0 },
    { context: 1.5 },
    { key: '' },
  ])('refuse %j', (fields) => {
    expect(backendsSchema.safeParse({ a: { provider: 'p', model: 'm', ...fields } }).success).toBe(false);
  });
});

describe('models', () => {
  it('take ids and shares', () => {
    expect(modelsSchema.parse({ '*': { backends: ['a', { id: 'b', weight: 2 }, { id: 'c' }] } })).toEqual({
      '*': {
        backends: [
          { id: 'a', weight: 1 },
          { id: 'b', weight: 2 },
          { id: 'c', weight: 1 },
        ],
        pick: 'ordered',
        answer: 'asked',
      },
    });
  });

  it.each(['meta-llama/Llama-3:free', 'claude-opus-4-1@20250805', '@cf/meta/llama', 'a+b~c'])(
    'take the name %s',
    (name) => {
      expect(modelsSchema.safeParse({ [name]: { backends: ['a'] } }).success).toBe(true);
    },
  );

  it.each(['', '**', 'a b', '../x', 'a//b', '/a', 'a\n', 'x'.repeat(257)])('refuse the name %j', (name) => {
    expect(modelsSchema.safeParse({ [name]: { backends: ['a'] } }).success).toBe(false);
  });
});

describe('keys', () => {
  it('are null when there is no section, and never none at all', () => {
    expect(keysSchema.parse(undefined)).toBeNull();
    expect(keysSchema.safeParse({}).success).toBe(false);
    expect(keysSchema.safeParse(null).success).toBe(false);
  });

  it('have no permissions of themselves', () => {
    expect(keysSchema.parse({ app: { hash } })).toEqual({ app: { hash, permissions: [] } });
    expect(keysSchema.parse({ app: { hash, tenant: 't', models: ['m'], permissions: ['explain'] } })).toEqual({
      app: { hash, tenant: 't', models: ['m'], permissions: ['explain'] },
    });
  });

  it.each([hash.toUpperCase(), hash.slice(0, -1), hash.replace('sha256:', ''), `${hash}0`])(
    'refuse the hash %s',
    (text) => {
      expect(keysSchema.safeParse({ app: { hash: text } }).success).toBe(false);
    },
  );
});
