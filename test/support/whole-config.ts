/** A validated configuration for tests, with what a test changes. */
import type { BackendConfig, WholeConfig } from '../../src/core/config.ts';

/** A backend at an openai-compatible address. */
export function backendAt(url: string, more: Partial<BackendConfig> = {}): BackendConfig {
  return { provider: 'openai-compatible', url, model: '*', ...more };
}

/** The smallest useful configuration: one backend `up` at `url`, which every model name leads to. */
export function wholeConfig(more: Partial<WholeConfig> = {}, url = 'http://up.test/v1'): WholeConfig {
  return {
    version: 1,
    gateway: {
      listen: '127.0.0.1:0',
      admin: '127.0.0.1:0',
      countries: [],
      lossy: 'warn',
      open: false,
      hosts: [],
      origins: [],
      limits: { body: 4_194_304, answer: 67_108_864, event: 1_048_576 },
      timeouts: { connect: 3_000, headers: 60_000, first_byte: 60_000, idle: 60_000, total: 600_000 },
      grace: 30_000,
    },
    zones: {},
    backends: { up: backendAt(url) },
    models: { '*': { backends: [{ id: 'up', weight: 1 }], pick: 'ordered', answer: 'asked' } },
    defaults: { class: 'internal', on_error: 'deny', scan: 1_048_576 },
    classify: [],
    constraints: [],
    rules: [],
    keys: null,
    telemetry: { log: 'info', metrics: true, content: 'never' },
    tests: [],
    ...more,
  };
}
