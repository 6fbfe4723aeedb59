/** Golden translations between openai-chat and anthropic-messages through the block model, both ways. */
import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { goldenCases, translate } from '../conformance/golden.ts';

const PAIRS = [
  { pair: 'openai-chat-to-anthropic-messages', client: openaiChat, upstream: anthropicMessages },
  { pair: 'anthropic-messages-to-openai-chat', client: anthropicMessages, upstream: openaiChat },
] as const;

describe.each(PAIRS)('$pair', ({ pair, client, upstream }) => {
  const cases = goldenCases(pair);

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(1);
  });

  it.for(cases)('$name', ({ golden }) => {
    expect(translate(golden, client, upstream)).toEqual(golden);
  });
});
