/** GenAI metrics through the OpenTelemetry API; nothing happens until the host installs an SDK. */
import { createNoopMeter, metrics, type Histogram, type Meter, type MeterProvider } from '@opentelemetry/api';
import type { ExchangeRecord } from '../core/recorder.ts';
import { commonAttributes } from './genai-attributes.ts';
import { GENAI, GENAI_METRICS, SCOPE } from './genai-names.ts';
import type { Reader } from './ring.ts';

/** Makes the reader of GenAI metrics. `version` is the gateway's, for the instrumentation scope. */
export function createGenAiMetricsReader({ version }: { readonly version: string }): Reader {
  let provider: MeterProvider | null = null;
  let instruments: Instruments | null = null;
  return {
    id: 'genai-metrics',
    read(batch) {
      const current = metrics.getMeterProvider();
      if (current !== provider) {
        provider = current;
        const meter = current.getMeter(SCOPE, version);
        instruments = meter === createNoopMeter() ? null : createInstruments(meter);
      }
      if (instruments === null) return;
      for (const event of batch) {
        if (event.type === 'exchange' && event.operation === 'chat' && event.backend !== null) {
          observe(instruments, event);
        }
      }
    },
  };
}

type Instruments = Readonly<Record<keyof typeof GENAI_METRICS, Histogram>>;

function createInstruments(meter: Meter): Instruments {
  const create = (metric: keyof typeof GENAI_METRICS): Histogram => {
    const { name, unit, description, bounds } = GENAI_METRICS[metric];
    return meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: bounds } });
  };
  return { tokens: create('tokens'), duration: create('duration'), firstChunk: create('firstChunk') };
}

function observe({ tokens, duration, firstChunk }: Instruments, event: ExchangeRecord): void {
  const { usage, phases } = event;
  const attributes = commonAttributes(event);
  duration.record(phases.totalMs / 1000, attributes);
  if (event.stream && phases.firstContentMs !== null) firstChunk.record(phases.firstContentMs / 1000, attributes);
  if (usage === null) return;
  if (usage.inputTokens !== null) tokens.record(usage.inputTokens, { ...attributes, [GENAI.tokenType]: 'input' });
  if (usage.outputTokens !== null) tokens.record(usage.outputTokens, { ...attributes, [GENAI.tokenType]: 'output' });
}
