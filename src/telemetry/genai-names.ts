/**
 * The names of OpenTelemetry's GenAI conventions, all in this file because they still change: state "development", moved to
 * the repository open-telemetry/semantic-conventions-genai in May 2026 after release 1.41 of the main conventions.
 */

/** Attributes of the conventions that a record can fill. */
export const GENAI = Object.freeze({
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  requestMaxTokens: 'gen_ai.request.max_tokens',
  finishReasons: 'gen_ai.response.finish_reasons',
  /** Seconds, streams only. */
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  tokenType: 'gen_ai.token.type',
  errorType: 'error.type',
});

/** Attributes of ours, for what the conventions have no word for. */
export const THALWEG = Object.freeze({
  request: 'thalweg.request',
  model: 'thalweg.model',
  backend: 'thalweg.backend',
  rule: 'thalweg.rule',
  decision: 'thalweg.decision',
  policy: 'thalweg.policy',
  path: 'thalweg.path',
  outcome: 'thalweg.outcome',
  key: 'thalweg.key',
  tenant: 'thalweg.tenant',
  attempts: 'thalweg.attempts',
  losses: 'thalweg.losses',
  costUsd: 'thalweg.cost_usd',
});

/** Histograms of the conventions with their bucket bounds; the first chunk has those they give for the first token of a server. */
export const GENAI_METRICS = Object.freeze({
  tokens: {
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    description: 'Number of input and output tokens used.',
    bounds: [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
  },
  duration: {
    name: 'gen_ai.client.operation.duration',
    unit: 's',
    description: 'GenAI operation duration.',
    bounds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
  firstChunk: {
    name: 'gen_ai.client.operation.time_to_first_chunk',
    unit: 's',
    description: 'Time to receive the first chunk of a streamed answer.',
    bounds: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
});

/** The instrumentation scope of everything that this gateway emits. */
export const SCOPE = 'thalweg';

/** Where the conventions name a provider otherwise than the catalogue does. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = { mistral: 'mistral_ai', xai: 'x_ai' };

/** The well-known value of `gen_ai.provider.name`, or the catalogue's own id where the conventions have none. */
export function genAiProvider(provider: string): string {
  return PROVIDER_NAMES[provider] ?? provider;
}
