/** Seals that carry reasoning through other languages, and the table between effort and budget. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effortOfBudget, EFFORT_BUDGETS } from '../../../src/core/reasoning-effort.ts';
import { openSealedReasoning, sealReasoning } from '../../../src/core/sealed-reasoning.ts';

const seal = fc.record(
  {
    signature: fc.string({ unit: 'grapheme' }),
    opaque: fc.string({ unit: 'binary' }),
    origin: fc.string(),
    extra: fc.constant({ 'openai-responses': { id: 'rs_ü' } }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

describe('a seal', () => {
  it('opens to what was sealed', () => {
    fc.assert(
      fc.property(seal, (part) => {
        expect(openSealedReasoning(sealReasoning(part))).toEqual(part);
      }),
      { seed: 1 },
    );
  });

  it('is one line of letters, digits, dots, dashes and underscores', () => {
    fc.assert(
      fc.property(seal, (part) => {
        expect(sealReasoning(part)).toMatch(/^thalweg\.1\.[\w-]+$/);
      }),
      { seed: 2 },
    );
  });

  it('is told from everything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(openSealedReasoning(text)).toBeNull();
      }),
      { seed: 3 },
    );
    for (const broken of ['thalweg.1.', 'thalweg.1.%', 'thalweg.1.WzFd', 'thalweg.1._____w', 'thalweg.2.e30']) {
      expect(openSealedReasoning(broken)).toBeNull();
    }
    expect(openSealedReasoning('thalweg.1.eyJzaWduYXR1cmUiOjEsImV4dHJhIjp7Im9sbGFtYSI6M319')).toEqual({});
  });
});

describe('effort and budget', () => {
  it('agree where both have a word', () => {
    for (const word of ['none', 'low', 'medium', 'high'] as const)
      expect(effortOfBudget(EFFORT_BUDGETS[word])).toBe(word);
  });

  it('grow together', () => {
    const rank = ['none', 'low', 'medium', 'high'];
    const tokens = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(tokens, tokens, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(rank.indexOf(effortOfBudget(less))).toBeLessThanOrEqual(rank.indexOf(effortOfBudget(more)));
      }),
      { seed: 4 },
    );
  });
});
