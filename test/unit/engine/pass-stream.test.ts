/** The byte path of streams: events that are known by their likeness go on exactly as if each had been read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDialect, TapMark, type ChatProtocol, type ReadContext } from '../../../src/core/protocol.ts';
import { PassStream } from '../../../src/engine/pass-stream.ts';
import { anthropicMessages } from '../../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../../src/protocols/openai-chat/index.ts';
import { spliceModel } from '../../../src/wire/json-splice.ts';
import { createSseSplitter, type RawEvent } from '../../../src/wire/sse.ts';
import { cut } from '../wire/event-stream.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (pieces: readonly Uint8Array[]): string =>
  new TextDecoder().decode(new Uint8Array(pieces.flatMap((piece) => [...piece])));
const contextOf = (protocol: ChatProtocol): ReadContext => ({ dialect: plainDialect(protocol.id), names: new Map() });

interface Seen {
  readonly text: string;
  readonly done: boolean;
  readonly committed: boolean;
  readonly facts: unknown;
}

/** What must come out: every event read by itself. */
function readEach(protocol: ChatProtocol, text: string, model: string | null): Seen {
  const events: RawEvent[] = [];
  createSseSplitter({ maxEventBytes: 65_536 }).push(bytesOf(text), events);
  const tap = protocol.createTap(contextOf(protocol));
  const out: Uint8Array[] = [];
  let done = false;
  let committed = false;
  for (const event of events) {
    if (done || tap.error !== null) break;
    const mark = event.isComment ? TapMark.none : tap.inspect(event.frame());
    if ((mark & TapMark.error) !== 0) break;
    committed ||= (mark & TapMark.content) !== 0;
    done = (mark & TapMark.terminal) !== 0;
    const renamed =
      model === null || event.isComment ? null : spliceModel(event.bytes, model, protocol.streamModelPath);
    out.push(renamed ?? event.bytes);
  }
  return { text: textOf(out), done, committed, facts: [tap.id, tap.usage, tap.finish, tap.error?.code] };
}

function readCut(protocol: ChatProtocol, text: string, model: string | null, sizes: readonly number[]): Seen {
  const options = { answerModel: model, answerBytes: 1e6, eventBytes: 65_536 };
  const slot = new PassStream(protocol, contextOf(protocol), false, options);
  const out: Uint8Array[] = [];
  for (const chunk of cut(bytesOf(text), sizes)) slot.push(chunk, out);
  const facts = [slot.id, slot.usage, slot.finish, slot.error?.code];
  return { text: textOf(out), done: slot.done, committed: slot.committed, facts };
}

const chat = (choice: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c1', model: 'up', choices: [{ index: 0, finish_reason: null, ...choice }], ...more })}\n\n`;

const CHAT_ODDITIES = [
  ': ping\n\n',
  '\n',
  'id: 7\n',
  chat({ delta: { role: 'assistant', content: '' } }),
  chat({ delta: { tool_calls: [{ index: 0, id: 't', function: { name: 'f', arguments: '' } }] } }),
  chat({ index: 1, delta: { content: 'other' } }),
  chat({ delta: {}, finish_reason: 'stop' }),
  'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\n',
  'data: {"error":{"message":"no"}}\n\n',
  'data: nonsense\n\n',
  'data: [DONE]\n\n',
  chat({ delta: { content: 'crlf' } }).replaceAll('\n', '\r\n'),
  chat({ delta: { content: 'cr' } }).replaceAll('\n', '\r'),
];

const named = (type: string, body: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`;
const delta = (text: string, index = 0): string =>
  named('content_block_delta', { index, delta: { type: 'text_delta', text } });

const MESSAGES_ODDITIES = [
  named('ping', {}),
  named('content_block_stop', { index: 0 }),
  named('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
  delta('elsewhere', 1),
  named('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 's' } }),
  named('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } }),
  named('message_stop', {}),
  named('error', { error: { type: 'overloaded_error', message: 'no' } }),
];
const MESSAGES_START =
  named('message_start', { message: { id: 'm1', model: 'up', usage: { input_tokens: 3 } } }) +
  named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });

/** Mostly words, now and then something else. */
function streamOf(start: string, words: (text: string) => string, odd: readonly string[]): fc.Arbitrary<string> {
  const said = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '"', '\\', '\u0000'));
  const one = fc.oneof({ weight: 6, arbitrary: said.map(words) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
  return fc.array(one, { maxLength: 24 }).map((events) => start + events.join(''));
}

describe('a stream that passes', () => {
  it.each([
    ['openai-chat', openaiChat, streamOf('', (text) => chat({ delta: { content: text } }), CHAT_ODDITIES)],
    ['anthropic-messages', anthropicMessages, streamOf(MESSAGES_START, (text) => delta(text), MESSAGES_ODDITIES)],
  ] as const)('is the same however it is cut, whether its events are read or known: %s', (_, protocol, streams) => {
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(streams, fc.constantFrom(null, 'the-name-asked-for'), sizes, (text, model, cuts) => {
        expect(readCut(protocol, text, model, cuts)).toEqual(readEach(protocol, text, model));
      }),
      { numRuns: 300 },
    );
  });
});
