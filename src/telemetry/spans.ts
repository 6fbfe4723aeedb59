/** GenAI spans, made after the fact from records; nothing happens until the host installs an OpenTelemetry SDK. */
import { ProxyTracerProvider, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { ExchangeRecord } from '../core/recorder.ts';
import { spanAttributes } from './genai-attributes.ts';
import { SCOPE } from './genai-names.ts';
import { plainText } from './plain-text.ts';
import type { Reader } from './ring.ts';

/** Makes the reader of spans. `version` is the gateway's, for the instrumentation scope. */
export function createSpanReader({ version }: { readonly version: string }): Reader {
  return {
    id: 'spans',
    read(batch) {
      const tracer = installedTracer(version);
      if (tracer === null) return;
      for (const event of batch) if (event.type === 'exchange' && event.operation === 'chat') emit(tracer, event);
    },
  };
}

/** The host's tracer; null while no SDK is installed. Asked per batch, because a host may install it late. */
function installedTracer(version: string): Tracer | null {
  const provider = trace.getTracerProvider();
  if (provider instanceof ProxyTracerProvider) return provider.getDelegateTracer(SCOPE, version) ?? null;
  return provider.getTracer(SCOPE, version);
}

/** One client span per exchange, from its start to its end; the conventions name it after operation and model. */
function emit(tracer: Tracer, event: ExchangeRecord): void {
  const model = event.upstreamModel ?? event.model;
  const name = model === null ? event.operation : `${event.operation} ${plainText(model)}`;
  const attributes = spanAttributes(event);
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime: event.at, attributes }, ROOT_CONTEXT);
  if (event.code !== null && event.outcome !== 'client-gone') {
    span.setStatus({ code: SpanStatusCode.ERROR, message: event.code });
  }
  span.end(event.at + event.phases.totalMs);
}
