/** Sealed reasoning on its way through clients of other languages: what one vendor sealed comes back to it, and to nobody else. */
import { describe, expect, it } from 'vitest';
import type { ChatResponse } from '../../../../src/core/chat.ts';
import { foldEvents } from '../../../../src/core/fold.ts';
import { NO_HEADERS } from '../../../../src/core/headers.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect, type ReadContext } from '../../../../src/core/protocol.ts';
import { anthropicMessages } from '../../../../src/protocols/anthropic-messages/index.ts';
import { openaiResponses } from '../../../../src/protocols/openai-responses/index.ts';
import { eventsOf, writeAll } from '../../../conformance/protocol-run.ts';
import { write } from './writing.ts';

const MESSAGES: ReadContext = { dialect: plainDialect('anthropic-messages'), names: new Map() };
const RESPONSES: ReadContext = { dialect: plainDialect('openai-responses'), names: new Map() };

const CONTENT = [
  { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
  { type: 'redacted_thinking', data: 'ZGF0YQ' },
  { type: 'text', text: 'So' },
  { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
];

/** The next turn of a Responses client that sends back what it was given. */
function nextTurn(output: readonly JsonObject[]): ReturnType<typeof write> {
  const input = [
    { role: 'user', content: 'hi' },
    ...output,
    { type: 'function_call_output', call_id: 'toolu_1', output: 'done' },
  ];
  const body = { model: 'claude-sonnet-4-5', input, reasoning: { effort: 'low' }, max_output_tokens: 4000 };
  return write(openaiResponses.readRequest(body, NO_HEADERS));
}

describe('thinking of Anthropic through a Responses client', () => {
  const answer = { type: 'message', id: 'msg_1', model: 'm', content: CONTENT, stop_reason: 'tool_use', usage: {} };
  const read: ChatResponse = anthropicMessages.readResponse(answer, MESSAGES);

  it('comes back with its signature, so that a tool turn may go on thinking', () => {
    const { output } = openaiResponses.writeResponse(read, createLossLog());
    const { body, lost } = nextTurn(output as readonly JsonObject[]);
    expect(body).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', content: CONTENT }, { role: 'user' }],
      thinking: { type: 'enabled', budget_tokens: 1024 },
    });
    expect(lost).toEqual(['approximated reasoning.effort']);
  });

  it('does so in streams', () => {
    const message = { ...answer, content: [] };
    const frames = [
      { type: 'message_start', message },
      ...CONTENT.flatMap((block, index) => [
        { type: 'content_block_start', index, content_block: block },
        { type: 'content_block_stop', index },
      ]),
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 1 } },
      { type: 'message_stop' },
    ].map((body) => ({ event: body.type, data: JSON.stringify(body) }));
    const written = writeAll(openaiResponses, eventsOf(anthropicMessages, MESSAGES, frames), createLossLog());
    const last = JSON.parse(written.at(-1)?.data ?? '{}') as { readonly response: { readonly output: JsonObject[] } };
    const { body } = nextTurn(last.response.output);
    expect(body).toMatchObject({ messages: [{}, { content: CONTENT }, {}] });
  });
});

describe('encrypted reasoning of a Responses upstream through a Messages client', () => {
  const output = [
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'gAAAA' },
    { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}', status: 'completed' },
  ];
  const answer = { id: 'resp_1', object: 'response', created_at: 1, status: 'completed', model: 'gpt', output };
  const read = openaiResponses.readResponse(answer, RESPONSES);

  function comesBack(content: readonly JsonObject[]): ReturnType<typeof anthropicMessages.readRequest> {
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'done' }] },
    ];
    return anthropicMessages.readRequest({ model: 'gpt', max_tokens: 9, messages }, NO_HEADERS);
  }

  it('comes back to a Responses upstream, and never goes to Anthropic', () => {
    const { content } = anthropicMessages.writeResponse(read, createLossLog());
    const again = comesBack(content as readonly JsonObject[]);
    const back = openaiResponses.writeRequest(again, plainDialect('openai-responses'), createLossLog());
    expect(back.body['input']).toMatchObject([{}, { type: 'reasoning', encrypted_content: 'gAAAA' }, {}, {}]);
    const { body, lost } = write(again);
    expect(JSON.stringify(body)).not.toContain('gAAAA');
    expect(lost).toContain('dropped messages[1].content[0].reasoning');
  });

  it('is a whole block in a stream', () => {
    const frames = output.flatMap((item, index) =>
      ['added', 'done'].map((when) => {
        const type = `response.output_item.${when}`;
        return { event: type, data: JSON.stringify({ type, output_index: index, item }) };
      }),
    );
    const events = eventsOf(openaiResponses, RESPONSES, frames);
    const sealed = events.filter(({ type }) => type !== 'error');
    const written = writeAll(
      anthropicMessages,
      [
        ...sealed,
        { type: 'choice-end', choice: 0, finish: { unified: 'tool-calls', raw: null } },
        { type: 'response-end' },
      ],
      createLossLog(),
    );
    const { response } = foldEvents(eventsOf(anthropicMessages, MESSAGES, written));
    expect(response.choices[0]?.parts[0]).toMatchObject({
      type: 'reasoning',
      signature: expect.stringMatching(/^thalweg\./) as string,
    });
  });
});
