/** Golden translations from openai-chat to openai-chat through the block model, per dialect. */
import { describe, expect, it } from 'vitest';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { goldenCases, translate } from '../conformance/golden.ts';

describe('openai-chat to openai-chat', () => {
  const cases = goldenCases('openai-chat-to-openai-chat');

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(4);
  });

  it.for(cases)('$name', ({ golden }) => {
    expect(translate(golden, openaiChat, openaiChat)).toEqual(golden);
  });
});
