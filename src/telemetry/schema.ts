/** Schemas of the sections `telemetry` and `evidence`. */
import * as z from 'zod';
import type { EvidenceConfig, TelemetryConfig } from '../core/config.ts';

/** `telemetry:`; absent = all defaults. */
export const telemetrySchema = z
  .strictObject({
    log: z
      .enum(['off', 'error', 'warn', 'info'])
      .default('info')
      .describe('Least level of the log lines; info has one line per request.'),
    metrics: z.boolean().default(true).describe('Whether /metrics is served on the admin address.'),
    content: z.literal('never').default('never').describe('Prompts and answers are never recorded.'),
  })
  .prefault({})
  .describe('What is recorded; content and keys never are.') satisfies z.ZodType<TelemetryConfig>;

/** `evidence:`; absent = nothing is recorded of decisions. */
export const evidenceSchema = z
  .strictObject({
    decisions: z
      .enum(['all', 'refused', 'off'])
      .default('off')
      .describe('Which decisions the log has a line for, whatever its level; none holds content.'),
  })
  .prefault({})
  .describe('What is recorded so that decisions can be shown and made again.') satisfies z.ZodType<EvidenceConfig>;
