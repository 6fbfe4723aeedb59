/** The scenario as a Thalweg configuration: what an operator would write for these backends. */
import type { BackendConfig, WholeConfig } from '../../src/core/config.ts';
import type { Scenario, Truth } from './scenario.ts';

/** Protected requests carry the header `x-data: pii`. */
export function configOf({ backends, slo }: Scenario): WholeConfig {
  return {
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
    zones: {},
    backends: Object.fromEntries(backends.map((truth) => [truth.id, backendOf(truth)])),
    models: {
      '*': { backends: backends.map(({ id }) => ({ id, weight: 1 })), pick: 'cheapest', answer: 'asked' },
    },
    pools: Object.fromEntries(
      backends
        .filter(({ slots }) => slots !== undefined)
        .map(({ id, slots }) => [id, { backends: [id], limit: slots!, queue: { max_wait: 1200, max_depth: 64 } }]),
    ),
    defaults: { class: 'internal', on_error: 'deny', scan: 1_048_576 },
    classify: [],
    constraints: [
      {
        id: 'pii-in-the-eea',
        when: 'request.headers["x-data"] == "pii"',
        require: { 'compute.countries': { subset: 'EEA' } },
      },
    ],
    rules: [
      {
        id: 'chat',
        match: 'true',
        objective: { minimise: 'cost', subject_to: { ttft_p95: slo.ttft * 1000, attainment: slo.attainment } },
        attempts: { max: 4 },
      },
    ],
    keys: null,
    telemetry: { log: 'off', metrics: false, content: 'never' },
    tests: [],
  };
}

function backendOf(truth: Truth): BackendConfig {
  return {
    provider: 'openai-compatible',
    url: `http://${truth.id}.example/v1`,
    model: 'chat',
    context: truth.ctx,
    facts: { 'compute.countries': [truth.eu ? 'DE' : 'US'], 'operator.country': truth.eu ? 'DE' : 'US' },
    price: { input: truth.in, output: truth.out },
  };
}
