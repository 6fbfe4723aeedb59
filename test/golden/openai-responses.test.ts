/** Golden translations between the chat language and the Responses language, both ways. */
import { describe, expect, it } from 'vitest';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { openaiResponses } from '../../src/protocols/openai-responses/index.ts';
import { goldenCases, translate } from '../conformance/golden.ts';

describe('a chat client of a Responses upstream', () => {
  const cases = goldenCases('openai-chat-to-openai-responses');

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(2);
  });

  it.for(cases)('$name', ({ golden }) => {
    expect(translate(golden, openaiChat, openaiResponses)).toEqual(golden);
  });
});

describe('a Responses client of a chat upstream', () => {
  const cases = goldenCases('openai-responses-to-openai-chat');

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(1);
  });

  it.for(cases)('$name', ({ golden }) => {
    expect(translate(golden, openaiResponses, openaiChat)).toEqual(golden);
  });
});
