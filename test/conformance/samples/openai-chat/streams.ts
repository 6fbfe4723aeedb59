/** Streams of chat completions: the plain protocol and what vendors make of it. */
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import { plainDialect, type Frame, type ReadContext } from '../../../../src/core/protocol.ts';
import type { StreamSample } from '../../protocol.ts';
import { answer, USAGE } from './answers.ts';

const HEAD = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'up-1' };

/** One chunk with one choice. */
export function chunk(
  delta: JsonObject,
  finish: Json = null,
  more: JsonObject = {},
  choice: JsonObject = {},
): JsonObject {
  return { ...HEAD, choices: [{ index: 0, delta, finish_reason: finish, ...choice }], ...more };
}

/** A whole stream of chunks with its terminal marker. */
export function stream(...chunks: readonly JsonObject[]): readonly Frame[] {
  const frames = chunks.map((body): Frame => ({ event: null, data: JSON.stringify(body) }));
  return [...frames, { event: null, data: '[DONE]' }];
}

/** The chunk that include_usage adds. */
export const USAGE_CHUNK: JsonObject = { ...HEAD, choices: [], usage: USAGE };
const ROLE = chunk({ role: 'assistant', content: '' });

function call(index: number, id: string | null, name: string | null, text: string): JsonObject {
  return {
    tool_calls: [
      {
        index,
        ...(id === null ? {} : { id, type: 'function' }),
        function: { ...(name === null ? {} : { name }), arguments: text },
      },
    ],
  };
}

/** A dialect whose reasoning stands in the text. */
export function taggedContext(output: 'tags' | 'primed'): ReadContext {
  const plain = plainDialect('openai-chat');
  return { dialect: { ...plain, provider: 'distill', reasoning: { ...plain.reasoning, output } }, names: new Map() };
}

const CALLS = [
  { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
  { id: 'b', type: 'function', function: { name: 'g', arguments: '{"y":2}' } },
];

/** Complete streams. */
export const streams: readonly StreamSample[] = [
  {
    name: 'text in many languages',
    frames: stream(ROLE, chunk({ content: 'Grüß ' }), chunk({ content: '你好 👋🏽' }), chunk({}, 'stop'), USAGE_CHUNK),
    answer: answer({ content: 'Grüß 你好 👋🏽' }, 'stop', { usage: USAGE }),
  },
  {
    name: 'reasoning, text and a call',
    frames: stream(
      chunk({ role: 'assistant', reasoning_content: 'H' }),
      chunk({ reasoning_content: 'm', reasoning: 'm' }),
      chunk({ content: 'So' }),
      chunk(call(0, 'a', 'f', '')),
      chunk(call(0, null, null, '{"x"')),
      chunk(call(0, null, null, ':1}')),
      chunk({}, 'tool_calls', { usage: USAGE }),
    ),
    answer: answer({ content: 'So', reasoning: 'Hm', tool_calls: [CALLS[0] ?? {}] }, 'tool_calls', { usage: USAGE }),
  },
  {
    name: 'parallel calls, interleaved',
    frames: stream(
      ROLE,
      chunk(call(0, 'a', 'f', '{"x"')),
      chunk(call(1, 'b', 'g', '{"y"')),
      chunk(call(0, null, null, ':1}')),
      chunk(call(1, null, null, ':2}')),
      chunk({}, 'tool_calls'),
    ),
    answer: answer({ content: null, tool_calls: CALLS }, 'tool_calls'),
  },
  {
    name: 'two calls at one index',
    frames: stream(
      ROLE,
      chunk(call(0, 'a', 'f', '{"x":1}')),
      chunk(call(0, 'b', 'g', '{"y":2}')),
      chunk({}, 'tool_calls'),
    ),
    answer: answer({ content: null, tool_calls: CALLS }, 'tool_calls'),
  },
  {
    name: 'calls without ids and arguments',
    frames: stream(
      ROLE,
      chunk({ tool_calls: [{ function: { name: 'f', arguments: {} } }, { function: { name: 'g' } }] }),
      chunk({}, 'stop'),
    ),
    answer: answer({ tool_calls: [{ function: { name: 'f', arguments: '{}' } }, { function: { name: 'g' } }] }, 'stop'),
  },
  {
    name: 'legacy call',
    frames: stream(
      ROLE,
      chunk({ function_call: { name: 'f', arguments: '' } }),
      chunk({ function_call: { arguments: '{}' } }),
      chunk({}, 'function_call'),
    ),
    answer: answer({ function_call: { name: 'f', arguments: '{}' } }, 'function_call'),
  },
  {
    name: 'refusal',
    frames: stream(ROLE, chunk({ refusal: 'No' }), chunk({ refusal: '.' }), chunk({}, 'stop')),
    answer: answer({ refusal: 'No.' }, 'stop'),
  },
  {
    name: 'audio',
    frames: stream(
      ROLE,
      chunk({ audio: { id: 'au', transcript: 'H' } }),
      chunk({ audio: { data: 'AAAA' } }),
      chunk({ audio: { transcript: 'i', data: 'BBBB' } }),
      chunk({ audio: { expires_at: 9 } }),
      chunk({}, 'stop'),
    ),
    answer: answer({ audio: { id: 'au', data: 'AAAABBBB', transcript: 'Hi', expires_at: 9 } }, 'stop'),
  },
  {
    name: 'logprobs',
    frames: stream(
      ROLE,
      chunk({ content: 'a' }, null, {}, { logprobs: { content: [{ token: 'a', logprob: -1 }], refusal: null } }),
      chunk({ content: 'b' }, null, {}, { logprobs: { content: [{ token: 'b', logprob: -2 }], refusal: null } }),
      chunk({}, 'stop', {}, { logprobs: null }),
    ),
    answer: answer(
      { content: 'ab' },
      'stop',
      {},
      {
        logprobs: {
          content: [
            { token: 'a', logprob: -1 },
            { token: 'b', logprob: -2 },
          ],
          refusal: null,
        },
      },
    ),
  },
  {
    name: 'two answers',
    frames: stream(
      {
        ...HEAD,
        choices: [0, 1].map((index) => ({ index, delta: { role: 'assistant', content: '' }, finish_reason: null })),
      },
      chunk({ content: 'b' }, null, {}, { index: 1 }),
      chunk({ content: 'a' }),
      chunk({}, 'stop'),
      chunk({}, 'length', {}, { index: 1 }),
    ),
    answer: {
      ...answer({}, null),
      choices: ['a', 'b'].map((content, index) => ({
        index,
        message: { content },
        finish_reason: index === 0 ? 'stop' : 'length',
      })),
    },
  },
  {
    name: 'Azure: prologue, a chunk without delta, fields late',
    frames: stream(
      { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [{ prompt_index: 0 }] },
      chunk({ role: 'assistant', content: '', refusal: null }, null, {
        obfuscation: 'x',
        system_fingerprint: null,
        usage: null,
      }),
      chunk({ content: 'Hi' }, null, { obfuscation: 'yy', system_fingerprint: null, usage: null }),
      {
        ...HEAD,
        choices: [
          {
            index: 0,
            finish_reason: null,
            content_filter_results: { hate: { filtered: false } },
            content_filter_offsets: { start_offset: 1 },
          },
        ],
      },
      chunk({}, 'stop', { service_tier: 'default' }),
      USAGE_CHUNK,
    ),
  },
  {
    name: 'OpenRouter: details, repeated finish, usage with choices, cumulative usage',
    frames: stream(
      chunk(
        { role: 'assistant', content: '', reasoning: 'H', reasoning_details: [{ type: 'reasoning.text', text: 'H' }] },
        null,
        { provider: 'P', usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 } },
      ),
      chunk({ content: '', reasoning: 'm', reasoning_details: [{ type: 'reasoning.text', text: 'm' }] }, null, {
        provider: 'P',
      }),
      chunk({ content: 'Hi' }, null, { provider: 'P' }),
      chunk({ content: '', reasoning: null }, 'stop', { provider: 'P' }, { native_finish_reason: 'completed' }),
      chunk(
        { content: '' },
        'stop',
        { provider: 'P', usage: { ...USAGE, cost: 0.1 } },
        { native_finish_reason: 'completed' },
      ),
    ),
    answer: answer(
      {
        content: 'Hi',
        reasoning: 'Hm',
        reasoning_details: [
          { type: 'reasoning.text', text: 'H' },
          { type: 'reasoning.text', text: 'm' },
        ],
      },
      'stop',
      { provider: 'P', usage: { ...USAGE, cost: 0.1 } },
      { native_finish_reason: 'completed' },
    ),
  },
  {
    name: 'Groq: usage in x_groq',
    frames: stream(
      chunk({ role: 'assistant', content: '' }, null, { x_groq: { id: 'r' } }),
      chunk({ content: 'Hi' }),
      chunk({}, 'stop', { x_groq: { id: 'r', usage: USAGE } }),
    ),
  },
  {
    name: 'Mistral: content lists',
    frames: stream(
      chunk({ role: 'assistant', content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'H' }] }] }),
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'm' }] }] }),
      chunk({ content: [{ type: 'text', text: 'Hi' }] }),
      chunk({ content: '' }, 'stop'),
    ),
    answer: answer(
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
          { type: 'text', text: 'Hi' },
        ],
      },
      'stop',
    ),
  },
  {
    name: 'tags',
    from: taggedContext('tags'),
    frames: stream(
      ROLE,
      chunk({ content: ' <th' }),
      chunk({ content: 'ink>Hm </' }),
      chunk({ content: 'b></think' }),
      chunk({ content: '>Hi <think>' }),
      chunk({}, 'stop'),
    ),
    answer: answer({ content: '<think>Hm </b></think>Hi <think>' }, 'stop'),
  },
  {
    name: 'primed tags',
    from: taggedContext('primed'),
    frames: stream(
      ROLE,
      chunk({ content: 'Hm</thin' }),
      chunk({ content: 'k>' }),
      chunk({ content: 'Hi' }),
      chunk({}, 'stop'),
    ),
    answer: answer({ content: 'Hm</think>Hi' }, 'stop'),
  },
  {
    name: 'xAI: output without reasoning',
    from: { dialect: { ...plainDialect('openai-chat'), usageExcludesReasoning: true }, names: new Map() },
    frames: stream(chunk({ role: 'assistant', content: 'Hi' }), chunk({}, 'stop'), {
      ...USAGE_CHUNK,
      usage: { ...USAGE, total_tokens: 18 },
    }),
    answer: answer({ content: 'Hi' }, 'stop', { usage: { ...USAGE, total_tokens: 18 } }),
  },
  { name: 'no finish reason', frames: stream(ROLE, chunk({ content: 'Hi' })), answer: answer({ content: 'Hi' }, null) },
];
