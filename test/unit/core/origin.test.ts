/** Who takes sealed reasoning back. */
import { describe, expect, it } from 'vitest';
import { kinship, originWord, takesSeal } from '../../../src/core/origin.ts';
import { plainDialect, type Dialect } from '../../../src/core/protocol.ts';

function at(origin: string, seal: 'vendor' | 'account'): Dialect {
  const plain = plainDialect('openai-responses');
  return { ...plain, origin, reasoning: { ...plain.reasoning, seal } };
}

describe('an origin', () => {
  const MADE = originWord('openai-responses', 'a1', 'one');

  it.each([
    [originWord('openai-responses', 'a1', 'one'), 'account', 3],
    [originWord('openai-responses', 'a1', 'two'), 'account', 2],
    [originWord('openai-responses', 'b2', 'two'), 'account', 0],
    [originWord('openai-responses', 'b2', 'two'), 'vendor', 1],
    [originWord('openai-responses-like', 'a1', 'one'), 'vendor', 0],
  ] as const)('is %s away where seals hold for the %s: %i', (own, seal, near) => {
    expect(kinship(at(own, seal), MADE)).toBe(near);
    expect(takesSeal(at(own, seal), MADE)).toBe(near > 0);
  });

  it('that nobody knows is left to the vendor, and the plain protocol takes everything', () => {
    expect(takesSeal(at(MADE, 'account'), undefined)).toBe(true);
    expect(takesSeal(plainDialect('openai-responses'), MADE)).toBe(true);
  });
});
