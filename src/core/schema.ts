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
