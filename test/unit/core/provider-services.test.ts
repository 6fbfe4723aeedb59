/** A row may only claim services that its language has. */
import { describe, expect, it } from 'vitest';
import { openaiResponses } from '../../../providers/openai-responses.ts';
import { openai } from '../../../providers/openai.ts';
import { defineProvider, ProviderRowError, type SideService } from '../../../src/core/provider.ts';

describe('defineProvider', () => {
  it.each<SideService>(['count-tokens', 'compact', 'stored-responses', 'conversations'])(
    'takes %s from a row of the Responses language and refuses it from one of the chat language',
    (service) => {
      expect(defineProvider({ ...openaiResponses, serves: [service] }).serves).toEqual([service]);
      expect(() => defineProvider({ ...openai, serves: [service] })).toThrow(ProviderRowError);
    },
  );
});
