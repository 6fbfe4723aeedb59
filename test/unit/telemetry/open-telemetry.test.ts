/** GenAI spans and metrics: silent without an SDK, and what an SDK gets to see. */
import { metrics, SpanKind, SpanStatusCode, trace, type TracerProvider as ApiTracerProvider } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ExchangeRecord } from '../../../src/core/recorder.ts';
import { createGenAiMetricsReader, createSpanReader } from '../../../src/telemetry/index.ts';
import { breaker, exchange, notice } from './records.ts';

const version = '1.2.3';

afterEach(() => {
  trace.disable();
  metrics.disable();
});

/** The spans that an SDK sees of these events. */
function spansOf(...changes: readonly Partial<ExchangeRecord>[]): readonly ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  createSpanReader({ version }).read([...changes.map((change) => exchange(change)), breaker(), notice()]);
  return exporter.getFinishedSpans();
}

describe('createSpanReader', () => {
  it('does nothing while no SDK is installed', () => {
    const provider = trace.getTracerProvider();
    const getTracer = vi.spyOn(provider, 'getTracer');
    expect(() => createSpanReader({ version }).read([exchange()])).not.toThrow();
    expect(getTracer).not.toHaveBeenCalled();
  });

  it('makes one client span per exchange with the times of the record', () => {
    const [span, ...more] = spansOf({});
    expect(more).toEqual([]);
    expect(span?.name).toBe('chat deepseek-ai/DeepSeek-R1');
    expect(span?.kind).toBe(SpanKind.CLIENT);
    expect(span?.instrumentationScope).toMatchObject({ name: 'thalweg', version });
    const [seconds = 0, nanos = 0] = span?.startTime ?? [];
    expect(seconds * 1000 + nanos / 1e6).toBeCloseTo(exchange().at, 3);
    const [lasted = 0, rest = 0] = span?.duration ?? [];
    expect(lasted * 1000 + rest / 1e6).toBeCloseTo(2310.5, 3);
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('names attributes as the GenAI conventions do', () => {
    const [span] = spansOf({ provider: 'mistral' });
    expect(span?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'mistral_ai',
      'gen_ai.request.model': 'deepseek-ai/DeepSeek-R1',
      'gen_ai.request.stream': true,
      'gen_ai.request.max_tokens': 1024,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': 0.120334,
      'gen_ai.usage.input_tokens': 812,
      'gen_ai.usage.output_tokens': 233,
      'gen_ai.usage.cache_read.input_tokens': 512,
      'gen_ai.usage.reasoning.output_tokens': 100,
      'thalweg.request': 'req-1',
      'thalweg.model': 'assistant',
      'thalweg.backend': 'r1-local',
      'thalweg.rule': 'default',
      'thalweg.decision': 'dec-1',
      'thalweg.policy': 'sha256:abc',
      'thalweg.path': 'pass',
      'thalweg.outcome': 'ok',
      'thalweg.key': 'app',
      'thalweg.tenant': 'acme',
      'thalweg.attempts': 1,
      'thalweg.cost_usd': 0.000213,
    });
  });

  it('marks failures with their code, and not the client that left', () => {
    const [failed, gone] = spansOf(
      { outcome: 'failed', code: 'upstream-stalled', losses: ['seed'] },
      { outcome: 'client-gone', code: 'client-gone' },
    );
    expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'upstream-stalled' });
    expect(failed?.attributes).toMatchObject({ 'error.type': 'upstream-stalled', 'thalweg.losses': ['seed'] });
    expect(gone?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('leaves out other operations, and bounds and cleans foreign names', () => {
    const foreign = { upstreamModel: null, model: `\u001b[31m${'m'.repeat(900)}` };
    const [span, ...more] = spansOf(foreign, { operation: 'list-models' }, { operation: 'explain' });
    expect(more).toEqual([]);
    expect(span?.name).toBe(`chat \ufffd[31m${'m'.repeat(251)}`);
    expect(JSON.stringify(span?.attributes)).not.toContain('m'.repeat(257));
    expect(JSON.stringify(span?.attributes)).not.toContain('u001b');
  });

  it('finds an SDK that is installed late, and one that does not come through the proxy', () => {
    const reader = createSpanReader({ version });
    reader.read([exchange()]);
    const exporter = new InMemorySpanExporter();
    const provider: ApiTracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    vi.spyOn(trace, 'getTracerProvider').mockReturnValue(provider);
    reader.read([exchange()]);
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });
});

describe('createGenAiMetricsReader', () => {
  it('does nothing while no SDK is installed', () => {
    expect(() => createGenAiMetricsReader({ version }).read([exchange()])).not.toThrow();
  });

  it('records duration, first chunk and tokens, also when the SDK comes late', async () => {
    const reader = createGenAiMetricsReader({ version });
    reader.read([exchange()]);
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const pusher = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [pusher] });
    metrics.setGlobalMeterProvider(provider);
    reader.read([exchange(), exchange({ stream: false, usage: null }), exchange({ backend: null }), notice()]);
    await provider.forceFlush();
    const found = exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics ?? [];
    const points = (name: string) => found.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
    const duration = points('gen_ai.client.operation.duration');
    expect(duration).toMatchObject([{ value: { count: 2 } }]);
    expect(duration[0]?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'vllm',
      'gen_ai.request.model': 'deepseek-ai/DeepSeek-R1',
    });
    expect(points('gen_ai.client.operation.time_to_first_chunk')).toMatchObject([{ value: { count: 1 } }]);
    const tokens = points('gen_ai.client.token.usage').map(({ attributes, value }) => [
      attributes['gen_ai.token.type'],
      value,
    ]);
    expect(tokens).toMatchObject([
      ['input', { sum: 812 }],
      ['output', { sum: 233 }],
    ]);
    await provider.shutdown();
  });
});
