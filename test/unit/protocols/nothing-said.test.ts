/** Requests of which another language can say nothing are refused here, not asked as an empty conversation. */
import { describe, expect, it } from 'vitest';
import { NO_HEADERS } from '../../../src/core/headers.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { createLossLog } from '../../../src/core/loss.ts';
import { plainDialect } from '../../../src/core/protocol.ts';
import { anthropicMessages } from '../../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../../src/protocols/openai-chat/index.ts';
import { openaiResponses } from '../../../src/protocols/openai-responses/index.ts';

const SAYS_NOTHING: readonly (readonly [string, JsonObject])[] = [
  ['no items', { model: 'm', input: [] }],
  ['an item of an unknown type', { model: 'm', input: [{ type: 'hologram', frames: 3 }] }],
];

describe.each([openaiChat, anthropicMessages])('a request for an upstream of $id', (to) => {
  it.each(SAYS_NOTHING)('with %s', (_, body) => {
    const request = openaiResponses.readRequest(body, NO_HEADERS);
    expect(() => to.writeRequest(request, plainDialect(to.id), createLossLog())).toThrow(
      expect.objectContaining({ code: 'translation-lossy', hint: 'Send at least one message of text.' }),
    );
  });

  it('goes on with what is left', () => {
    const body = { model: 'm', input: [{ type: 'hologram' }, { role: 'user', content: 'Hi' }] };
    const losses = createLossLog();
    const request = openaiResponses.readRequest(body, NO_HEADERS);
    expect(to.writeRequest(request, plainDialect(to.id), losses).body['messages']).toHaveLength(1);
    expect(losses.losses).not.toEqual([]);
  });
});
