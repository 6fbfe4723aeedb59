/** Thalweg with everything on: keys, a policy with constraints over three backends, metrics, an access log to standard output. */
import { createHash } from 'node:crypto';
import type { WholeConfig } from '../../src/core/config.ts';
import { Secret } from '../../src/core/secret.ts';
import { startNode } from '../../src/node.ts';

const url = `${process.env['BENCH_UPSTREAM']!}/v1`;
const facts = {
  'operator.country': 'DE',
  'compute.countries': ['DE'],
  retention_days: 0,
  trains_on_data: false,
} as const;
const backend = (more: object = {}) =>
  ({
    provider: 'openai-compatible',
    url,
    model: '*',
    key: 'sk-bench',
    facts,
    price: { input: 0.1, output: 0.4 },
    ...more,
  }) as const;

const whole: WholeConfig = {
  version: 1,
  gateway: {
    listen: '127.0.0.1:0',
    admin: '127.0.0.1:0',
    countries: ['DE'],
    lossy: 'warn',
    open: false,
    hosts: [],
    origins: [],
    limits: { body: 4_194_304, answer: 67_108_864, event: 1_048_576 },
    timeouts: { connect: 3_000, headers: 60_000, first_byte: 60_000, idle: 60_000, total: 600_000 },
    grace: 1_000,
  },
  zones: { EEA: ['DE', 'FR', 'IE'] },
  backends: { one: backend(), two: backend(), abroad: backend({ facts: { ...facts, 'operator.country': 'US' } }) },
  models: {
    bench: {
      backends: ['one', 'two', 'abroad'].map((id) => ({ id, weight: 1 })),
      pick: 'cheapest',
      answer: 'asked',
    },
  },
  defaults: { class: 'internal', on_error: 'deny', scan: 1_048_576 },
  classify: [],
  constraints: [
    { id: 'eea', require: { 'operator.country': { in: 'EEA' }, 'compute.countries': { subset: 'EEA' } } },
    { id: 'no-training', require: { trains_on_data: false } },
  ],
  rules: [
    { id: 'long', match: 'request.tokens_in > 100000' },
    { id: 'default', match: 'true', attempts: { max: 3, deadline: 30_000 } },
  ],
  keys: { app: { hash: `sha256:${createHash('sha256').update('bench-key').digest('hex')}`, permissions: [] } },
  telemetry: { log: 'info', metrics: true, content: 'never' },
  tests: [],
};

const gateway = await startNode({
  whole,
  secret: (text) => new Secret(text),
  priceBook: null,
  log: process.stdout,
  version: 'bench',
});
process.send?.({ port: Number(new URL(gateway.url).port) });
