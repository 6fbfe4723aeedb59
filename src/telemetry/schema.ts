/** Schema of the section `telemetry`. */
import * as z from 'zod';
import type { TelemetryConfig } from '../core/config.ts';

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
