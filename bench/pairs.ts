/** What one event and one request of 4 KB cost for every pair of client and upstream languages, beside the byte path in the same run. */
import type { ChatEvent } from '../src/core/events.ts';
import { NO_HEADERS } from '../src/core/headers.ts';
import type { JsonObject } from '../src/core/json.ts';
import { createLossLog } from '../src/core/loss.ts';
import { plainDialect, type ChatProtocol, type Frame } from '../src/core/protocol.ts';
import { PassStream } from '../src/engine/pass-stream.ts';
import type { Slot } from '../src/engine/slot.ts';
import { TranslateStream } from '../src/engine/translate-stream.ts';
import { anthropicMessages } from '../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../src/protocols/openai-chat/index.ts';
import { openaiResponses } from '../src/protocols/openai-responses/index.ts';
import { scanObject } from '../src/wire/json-scan.ts';
import { encodeFrame } from '../src/wire/sse.ts';
import { conditions, measure, type Contestant } from './interleaved.ts';

const LANGUAGES = { chat: openaiChat, responses: openaiResponses, messages: anthropicMessages } as const;
const DELTAS = 100;
const OPTIONS = { eventBytes: 1 << 20, answerBytes: 1 << 26, answerModel: null };
const encoder = new TextEncoder();

/** An agent's request of 4 KB: instructions, five tools, two rounds of calls and results. */
function conversation(): JsonObject {
  const words = 'Answer in the words of the guide, name the file and the line, and change nothing else. '.repeat(6);
  const tool = (name: string): JsonObject => ({
    type: 'function',
    function: {
      name,
      description: `Does ${name} on a file below the working folder.`,
      parameters: {
        type: 'object',
        properties: { path: { type: 'string' }, line: { type: 'integer' } },
        required: ['path'],
      },
    },
  });
  const call = (id: string): JsonObject => ({
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: { name: 'read', arguments: '{"path":"src/index.ts","line":12}' } }],
  });
  const result = (id: string): JsonObject => ({ role: 'tool', tool_call_id: id, content: words.repeat(2) });
  const user: JsonObject = { role: 'user', content: 'What does line 12 do?' };
  return {
    model: 'some-model',
    max_completion_tokens: 1000,
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: 'system', content: words },
      user,
      call('call_1'),
      result('call_1'),
      call('call_2'),
      result('call_2'),
      user,
    ],
    tools: ['read', 'write', 'list', 'search', 'run'].map(tool),
  };
}

const asked = openaiChat.readRequest(conversation(), NO_HEADERS);

function requestIn(protocol: ChatProtocol): Uint8Array {
  return encoder.encode(JSON.stringify(protocol.writeRequest(asked, plainDialect(protocol.id), createLossLog()).body));
}

/** A streamed answer in a language, one piece of bytes per event. */
function streamIn(protocol: ChatProtocol): readonly Uint8Array[] {
  const events: ChatEvent[] = [
    { type: 'response-start', id: 'answer-1', model: 'some-model', createdAtMs: 1_790_000_000_000 },
    { type: 'part-start', choice: 0, index: 0, part: 'text' },
    ...Array.from({ length: DELTAS }, (_, i): ChatEvent => ({
      type: 'part-delta',
      choice: 0,
      index: 0,
      delta: ` word${i}`,
    })),
    { type: 'part-end', choice: 0, index: 0 },
    { type: 'choice-end', choice: 0, finish: { unified: 'stop', raw: 'stop' } },
    {
      type: 'usage',
      usage: {
        inputTokens: 900,
        cachedInputTokens: 0,
        cacheWriteTokens: null,
        outputTokens: DELTAS,
        reasoningTokens: 0,
        raw: null,
      },
    },
    { type: 'response-end' },
  ];
  const frames: Frame[] = [];
  const writer = protocol.createEventWriter(asked, createLossLog());
  for (const event of events) writer.write(event, frames);
  return frames.map(encodeFrame);
}

/** Runs a whole stream through a slot; the answer is how many bytes came out. */
function relay(slot: Slot, pieces: readonly Uint8Array[]): number {
  const out: Uint8Array[] = [];
  for (const piece of pieces) slot.push(piece, out);
  slot.end(out);
  if (slot.error !== null || !slot.done) throw new Error('the stream has no good end');
  return out.length;
}

const names = Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[];
const streams: Record<string, Contestant> = {};
const requests: Record<string, Contestant> = {};
const events = new Map<string, number>();

for (const up of names) {
  const from = LANGUAGES[up];
  const context = { dialect: plainDialect(from.id), names: new Map<string, string>() };
  const pieces = streamIn(from);
  for (const down of names) {
    const to = LANGUAGES[down];
    const pair = `${down} client, ${up} upstream`;
    events.set(pair, pieces.length);
    const body = requestIn(to);
    if (up === down) {
      streams[pair] = () => relay(new PassStream(from, context, false, OPTIONS), pieces);
      requests[pair] = () => Number(to.outline(scanObject(body, to.policyKeys)).needs);
      requests[`${down}: JSON.parse and JSON.stringify`] = () =>
        JSON.stringify(JSON.parse(new TextDecoder().decode(body))).length;
      continue;
    }
    streams[pair] = () => {
      const losses = createLossLog();
      return relay(new TranslateStream({ from, context, to, request: asked, losses }, OPTIONS), pieces);
    };
    requests[pair] = () => {
      const read = to.readRequest(JSON.parse(new TextDecoder().decode(body)) as JsonObject, NO_HEADERS);
      return JSON.stringify(from.writeRequest(read, context.dialect, createLossLog()).body).length;
    };
  }
}

console.log(`us: best / median; pairs of one language take the byte path. ${conditions()}`);
console.log(`\nper event of a stream, ${DELTAS} words, one event per chunk; the aim is 5`);
for (const [name, { best, median }] of measure(streams, 40)) {
  const count = (events.get(name) ?? NaN) * 1000;
  console.log(`  ${name.padEnd(42)} ${(best / count).toFixed(2).padStart(7)} / ${(median / count).toFixed(2)}`);
}
const size = names.map((name) => `${requestIn(LANGUAGES[name]).length} bytes in ${name}`).join(', ');
console.log(`\nper request, ${size}; the aim is 40 and twice the JSON`);
for (const [name, { best, median }] of measure(requests, 40)) {
  console.log(`  ${name.padEnd(42)} ${(best / 1000).toFixed(1).padStart(7)} / ${(median / 1000).toFixed(1)}`);
}
