/** Random files, callers, facts and states: nothing is planned or permitted that the file forbids. `bench/violations.ts` runs a million. */
import { expect, it } from 'vitest';
import { countViolations } from './random-world.ts';

it('20,000 random requests, no violation', () => {
  const count = countViolations(20_000, 250, 20_261_123);
  expect(count).toMatchObject({ violations: 0, first: null });
  // and the worlds are neither closed nor open
  expect(count.refusals / count.requests).toBeGreaterThan(0.1);
  expect(count.refusals / count.requests).toBeLessThan(0.9);
  expect(count.attempts).toBeGreaterThan(10_000);
});
