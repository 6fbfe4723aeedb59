/** Drawing tokens, telling their odds, and stopping at strings. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSampler, type Sampling } from '../../../src/embedded/sampling/sampler.ts';
import { StopScanner } from '../../../src/embedded/sampling/stop-scanner.ts';

const LOGITS = Float32Array.from([1, 3, 2, 3, -50]);
const plain: Sampling = { temperature: 1, topP: 1, topK: 0, seed: 1 };

function counts(sampling: Partial<Sampling>, draws = 4000): number[] {
  const sample = createSampler({ ...plain, ...sampling });
  const seen = new Array<number>(LOGITS.length).fill(0);
  for (let i = 0; i < draws; i++) seen[sample(LOGITS)]! += 1;
  return seen;
}

describe('sampler', () => {
  it('takes the best token, the first of equals, at temperature 0', () => {
    expect(counts({ temperature: 0 }, 10)).toEqual([0, 10, 0, 0, 0]);
  });

  it('draws as often as the odds say', () => {
    const weights = [...LOGITS].map((logit) => Math.exp(logit));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    counts({}).forEach((count, id) => expect(count / 4000).toBeCloseTo(weights[id]! / total, 1));
  });

  it('draws the same for the same seed and otherwise for another', () => {
    const draw = (seed: number): number[] => {
      const sample = createSampler({ ...plain, seed });
      return Array.from({ length: 20 }, () => sample(LOGITS));
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });

  it('keeps to the best k and to the nucleus', () => {
    expect(counts({ topK: 1 })).toEqual([0, 4000, 0, 0, 0]);
    expect(counts({ topK: 3 })[0]).toBe(0);
    expect(counts({ topP: 0.5 })[2]).toBe(0);
    expect(counts({ topP: 0 })).toEqual([0, 4000, 0, 0, 0]);
  });

  it('sharpens and flattens with temperature', () => {
    const best = (temperature: number): number => {
      const seen = counts({ temperature });
      return seen[1]! + seen[3]!;
    };
    expect(best(0.2)).toBeGreaterThan(best(1));
    expect(best(1)).toBeGreaterThan(best(2));
    expect(counts({ temperature: 1e-300 })[2]).toBe(0);
  });
});

describe('StopScanner', () => {
  it('shows exactly the text before the first stop, however the tokens cut it', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 20 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 8 }), stops, (tokens, stopStrings) => {
        const scanner = new StopScanner(stopStrings);
        let shown = '';
        let stopped = false;
        for (const token of tokens) {
          const scan = scanner.push(token, null);
          shown += scan.text;
          stopped = scan.stopped;
          if (stopped) break;
        }
        if (!stopped) shown += scanner.flush('').text;
        const text = tokens.join('');
        const places = stopStrings.map((stop) => text.indexOf(stop)).filter((at) => at !== -1);
        expect(stopped).toBe(places.length > 0);
        expect(stopped ? places : [text.length]).toContain(shown.length);
        expect(text.startsWith(shown)).toBe(true);
      }),
      { numRuns: 1000, seed: 10 },
    );
  });

  it('keeps the scores of tokens with their text', () => {
    const scanner = new StopScanner(['END']);
    const scored = (token: string) => ({ token, bytes: [], logprob: 0, top: [] });
    expect(scanner.push('a', scored('a'))).toMatchObject({ text: 'a', logprobs: [scored('a')] });
    expect(scanner.push('E', scored('E'))).toMatchObject({ text: '', logprobs: [] });
    expect(scanner.push('x', scored('x'))).toMatchObject({ text: 'Ex', logprobs: [scored('E'), scored('x')] });
    expect(scanner.push('bE', scored('bE'))).toMatchObject({ text: 'b', logprobs: [scored('bE')] });
    expect(scanner.push('ND', scored('ND'))).toEqual({ text: '', logprobs: [], stopped: true });
  });
});
