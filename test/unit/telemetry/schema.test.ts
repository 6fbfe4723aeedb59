/** The section `telemetry`: defaults, and content that cannot be switched on. */
import { expect, it } from 'vitest';
import { telemetrySchema } from '../../../src/telemetry/schema.ts';

it('has a default for everything', () => {
  expect(telemetrySchema.parse(undefined)).toEqual({ log: 'info', metrics: true, content: 'never' });
  expect(telemetrySchema.parse({ log: 'off', metrics: false })).toEqual({
    log: 'off',
    metrics: false,
    content: 'never',
  });
});

it.each([{ content: 'always' }, { content: true }, { log: 'debug' }, { metrics: 'yes' }, { sample: 1 }, null])(
  'refuses %j',
  (section) => {
    expect(telemetrySchema.safeParse(section).success).toBe(false);
  },
);
