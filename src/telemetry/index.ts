/** The face of the telemetry room: the ring and the readers that hang on it. */
export { createAccessLog, type AccessLog, type AccessLogOptions } from './access-log.ts';
export { createGenAiMetricsReader } from './genai-metrics.ts';
export { createMetrics, METRICS_TYPE, type Load, type Metrics, type MetricsOptions } from './prometheus.ts';
export { createRing, type Reader, type ReaderLosses, type Ring, type RingOptions } from './ring.ts';
export { createSpanReader } from './spans.ts';
