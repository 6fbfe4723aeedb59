/** Records for the tests of telemetry. */
import type { BreakerRecord, ExchangeRecord, NoticeRecord } from '../../../src/core/recorder.ts';

/** A streamed chat that went well; override what a test is about. */
export function exchange(change: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    type: 'exchange',
    at: Date.UTC(2026, 10, 23, 17, 54, 50, 7),
    requestId: 'req-1',
    surface: 'openai-chat',
    operation: 'chat',
    stream: true,
    model: 'assistant',
    backend: 'r1-local',
    provider: 'vllm',
    upstreamModel: 'deepseek-ai/DeepSeek-R1',
    path: 'pass',
    rule: 'default',
    decision: 'dec-1',
    policy: 'sha256:abc',
    key: 'app',
    class: null,
    labels: [],
    tenant: 'acme',
    status: 200,
    code: null,
    outcome: 'ok',
    phases: { planMs: 0.0126, headersMs: 31.987, firstContentMs: 120.334, totalMs: 2310.5 },
    usage: {
      inputTokens: 812,
      cachedInputTokens: 512,
      cacheWriteTokens: null,
      outputTokens: 233,
      reasoningTokens: 100,
      raw: { secret: 'raw usage is never recorded' },
    },
    finish: { unified: 'stop', raw: 'stop' },
    costUsd: 0.000213,
    attempts: [{ backend: 'r1-local', provider: 'vllm', status: 200, code: null, durationMs: 2309.2 }],
    losses: [],
    splices: ['model'],
    bytesIn: 1024,
    bytesOut: 23123,
    maxOutputTokens: 1024,
    ...change,
  };
}

/** A breaker that opened. */
export function breaker(change: Partial<BreakerRecord> = {}): BreakerRecord {
  return { type: 'breaker', at: 1000, backend: 'r1-local', from: 'closed', to: 'open', ...change };
}

/** A notice of a reload. */
export function notice(change: Partial<NoticeRecord> = {}): NoticeRecord {
  return {
    type: 'notice',
    at: 1000,
    level: 'info',
    name: 'config-reloaded',
    message: 'thalweg.yaml was read',
    ...change,
  };
}
