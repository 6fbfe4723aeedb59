/** What only a chat answer says is named to clients of other languages, field by field. */
import { describe, expect, it } from 'vitest';
import { NO_HEADERS } from '../../../../src/core/headers.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect } from '../../../../src/core/protocol.ts';
import { anthropicMessages } from '../../../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../../../src/protocols/openai-chat/index.ts';
import { openaiResponses } from '../../../../src/protocols/openai-responses/index.ts';

const SEEN = { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A' } };

function answer(beside: JsonObject): JsonObject {
  const message = { role: 'assistant', content: 'Hi.', ...beside };
  return { id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] };
}

describe.each([anthropicMessages, openaiResponses])('a chat answer for a client of $id', ({ writeResponse }) => {
  const lost = (beside: JsonObject): readonly string[] => {
    const losses = createLossLog();
    const from = { dialect: plainDialect('openai-chat'), names: new Map<string, string>() };
    writeResponse(openaiChat.readResponse(answer(beside), from), losses);
    return losses.losses.map(({ field }) => field).filter((field) => field !== 'usage');
  };

  it('loses citations and unknown content by name, sealed details not at all: they travel sealed', () => {
    expect(lost({ annotations: [SEEN], reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] })).toEqual([
      'choices[0].message.annotations',
    ]);
    expect(lost({ content: [{ type: 'reference', ids: [1] }] })).toEqual(['choices[0].message.content']);
  });

  it('loses nothing with fields that say nothing', () => {
    expect(lost({ annotations: [], refusal: null, audio: null, context: {} })).toEqual([]);
  });
});

describe('a history whose reasoning stands only in its details', () => {
  const details = [{ type: 'reasoning.text', text: 'Hm.', format: 'unknown', index: 0 }];
  const message = { role: 'assistant', content: 'Hi.', reasoning_details: details };
  const body = { model: 'm', messages: [{ role: 'user', content: 'x' }, message] };
  const to = (protocol: typeof openaiChat): string => {
    const request = openaiChat.readRequest(body, NO_HEADERS);
    return JSON.stringify(protocol.writeRequest(request, plainDialect(protocol.id), createLossLog()).body);
  };

  it('is told to upstreams of other languages, and goes back untouched in its own', () => {
    expect(to(openaiResponses)).toContain('"text":"Hm."');
    expect(JSON.parse(to(openaiChat))).toEqual(body);
  });
});

describe('a request with fields that say nothing', () => {
  it('loses nothing in another language', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'x' }], temperature: null, tools: null, stop: null };
    for (const protocol of [openaiResponses, anthropicMessages]) {
      const losses = createLossLog();
      protocol.writeRequest(openaiChat.readRequest(body, NO_HEADERS), plainDialect(protocol.id), losses);
      expect(losses.losses).toEqual([]);
    }
  });
});
