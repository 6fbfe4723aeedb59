/** Field schemas that sections of several rooms have in common: durations, and places where YAML may have eaten Norway. */
import * as z from 'zod';
import { countryFault } from './countries.ts';
import { DURATION_FORM, parseDuration } from './units.ts';

/** A length of time such as `30s`, longer than nothing; milliseconds when parsed. */
export const duration = z
  .string()
  .regex(DURATION_FORM, { error: 'this must be a duration: a number with ms, s, m or h' })
  .meta({ examples: ['30s'] })
  .transform((text) => parseDuration(text) ?? 0)
  .refine((ms) => ms > 0, {
    error: 'this must be longer than nothing',
    params: { code: 'out-of-range', fix: 'write 1ms or more' },
  });

/** The name of a country or a zone: text where a bare NO may have turned into `false`. */
export const place = z.string({
  error: ({ input }) => {
    const fault = input === false ? countryFault(input) : null;
    return fault === null ? undefined : `${fault.message}; ${fault.fix}`;
  },
});

/** An ISO 3166-1 alpha-2 code. */
export const country = place
  .superRefine((value, context) => {
    const fault = countryFault(value);
    if (fault !== null) {
      context.addIssue({ code: 'custom', message: fault.message, params: { code: 'unknown-country', fix: fault.fix } });
    }
  })
  .meta({ pattern: '^[A-Z]{2}$', examples: ['DE'] });

/** A day, YYYY-MM-DD. */
export const day = z.iso.date({ error: 'this must be a date, like 2026-07-01' }).meta({ examples: ['2026-07-01'] });
