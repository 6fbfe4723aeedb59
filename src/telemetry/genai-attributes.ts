/** The attributes of a recorded exchange: figures and names, never content. */
import type { Attributes } from '@opentelemetry/api';
import type { ExchangeRecord } from '../core/recorder.ts';
import { GENAI, genAiProvider, THALWEG } from './genai-names.ts';
import { plainText } from './plain-text.ts';

/** What spans and metrics share: operation, provider, model and error. Few values, for metrics. */
export function commonAttributes(event: ExchangeRecord): Attributes {
  return defined({
    [GENAI.operation]: event.operation,
    [GENAI.provider]: event.provider === null ? null : genAiProvider(event.provider),
    [GENAI.requestModel]: event.upstreamModel,
    [GENAI.errorType]: event.code,
  });
}

/** Everything that a span says. */
export function spanAttributes(event: ExchangeRecord): Attributes {
  const { usage, finish, phases } = event;
  return Object.assign(
    commonAttributes(event),
    defined({
      [GENAI.requestModel]: event.upstreamModel ?? event.model,
      [GENAI.requestStream]: event.stream,
      [GENAI.requestMaxTokens]: event.maxOutputTokens,
      [GENAI.timeToFirstChunk]: event.stream && phases.firstContentMs !== null ? phases.firstContentMs / 1000 : null,
      [GENAI.inputTokens]: usage === null ? null : usage.inputTokens,
      [GENAI.outputTokens]: usage === null ? null : usage.outputTokens,
      [GENAI.cacheReadTokens]: usage === null ? null : usage.cachedInputTokens,
      [GENAI.cacheWriteTokens]: usage === null ? null : usage.cacheWriteTokens,
      [GENAI.reasoningTokens]: usage === null ? null : usage.reasoningTokens,
      [THALWEG.request]: event.requestId,
      [THALWEG.model]: event.model,
      [THALWEG.backend]: event.backend,
      [THALWEG.rule]: event.rule,
      [THALWEG.decision]: event.decision,
      [THALWEG.policy]: event.policy,
      [THALWEG.path]: event.path,
      [THALWEG.outcome]: event.outcome,
      [THALWEG.key]: event.key,
      [THALWEG.tenant]: event.tenant,
      [THALWEG.attempts]: event.attempts.length,
      [THALWEG.costUsd]: event.costUsd,
    }),
    finish === null ? {} : { [GENAI.finishReasons]: [finish.unified] },
    event.losses.length === 0 ? {} : { [THALWEG.losses]: event.losses.map((field) => plainText(field)) },
  );
}

/** Leaves out what was not told and bounds every text. */
function defined(values: Readonly<Record<string, string | number | boolean | null>>): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== null) attributes[name] = typeof value === 'string' ? plainText(value) : value;
  }
  return attributes;
}
