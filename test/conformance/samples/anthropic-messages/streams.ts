/** Streams of the Messages API: Anthropic's own and what other servers make of it. */
import type { JsonObject } from '../../../../src/core/json.ts';
import { plainDialect, type Frame, type ReadContext } from '../../../../src/core/protocol.ts';
import type { StreamSample } from '../../protocol.ts';
import { answer, call, CITATION, SEARCH, text, USAGE } from './answers.ts';

/** One event under its own name. */
export function event(type: string, fields: JsonObject = {}): Frame {
  return { event: type, data: JSON.stringify({ type, ...fields }) };
}

/** A block: its start, its deltas, its stop. */
export function block(index: number, start: JsonObject, ...deltas: readonly JsonObject[]): readonly Frame[] {
  return [
    event('content_block_start', { index, content_block: start }),
    ...deltas.map((delta) => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ];
}

/** Text in pieces. */
export const textDeltas = (...words: readonly string[]): readonly JsonObject[] =>
  words.map((word) => ({ type: 'text_delta', text: word }));

/** Input in pieces. */
export const inputDeltas = (...pieces: readonly string[]): readonly JsonObject[] =>
  pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }));

const HEAD: JsonObject = { ...answer([], null), usage: { ...USAGE, output_tokens: 1, output_tokens_details: null } };

/** The first event, with counts so far. */
export const START: Frame = event('message_start', { message: HEAD });

/** The last two events. */
export function ending(stop: string | null, delta: JsonObject = {}, more: JsonObject = {}): readonly Frame[] {
  return [
    event('message_delta', { delta: { stop_reason: stop, stop_sequence: null, ...delta }, usage: USAGE, ...more }),
    event('message_stop'),
  ];
}

const PING = event('ping');

/** A server that writes its reasoning between tags. */
export function taggedContext(output: 'tags' | 'primed'): ReadContext {
  const plain = plainDialect('anthropic-messages');
  return { dialect: { ...plain, provider: 'distill', reasoning: { ...plain.reasoning, output } }, names: new Map() };
}

/** Complete streams. */
export const streams: readonly StreamSample[] = [
  {
    name: 'text in many languages',
    frames: [START, PING, ...block(0, text(''), ...textDeltas('Grüß ', '你好 👋🏽')), ...ending('end_turn')],
    answer: answer([text('Grüß 你好 👋🏽')], 'end_turn'),
  },
  {
    name: 'thinking, text and calls',
    frames: [
      START,
      ...block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'H' },
        { type: 'thinking_delta', thinking: 'm' },
        { type: 'signature_delta', signature: 'c2ln' },
      ),
      PING,
      ...block(1, text(''), ...textDeltas('So')),
      ...block(2, call('toolu_1', 'f', {}), ...inputDeltas('', '{"x"', ':1}')),
      ...block(3, call('toolu_2', 'g', {}), ...inputDeltas('')),
      ...ending('tool_use'),
    ],
    answer: answer(
      [
        { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
        text('So'),
        call('toolu_1', 'f', { x: 1 }),
        call('toolu_2', 'g', {}),
      ],
      'tool_use',
    ),
  },
  {
    name: 'thinking that is not shown',
    frames: [
      START,
      ...block(0, { type: 'thinking', thinking: '', signature: '' }, { type: 'signature_delta', signature: 'c2ln' }),
      ...block(1, { type: 'redacted_thinking', data: 'ZGF0YQ' }),
      ...block(2, text(''), ...textDeltas('Hi')),
      ...ending('end_turn'),
    ],
    answer: answer(
      [
        { type: 'thinking', thinking: '', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'ZGF0YQ' },
        text('Hi'),
      ],
      'end_turn',
    ),
  },
  {
    name: 'blocks whole at their start',
    frames: [
      START,
      ...block(0, text('Hi')),
      ...block(1, call('toolu_1', 'f', { x: 1 })),
      ...block(2, call('toolu_2', 'g', { y: 2 }), ...inputDeltas('{"y":3}')),
      ...ending('tool_use'),
    ],
    answer: answer([text('Hi'), call('toolu_1', 'f', { x: 1 }), call('toolu_2', 'g', { y: 3 })], 'tool_use'),
  },
  {
    name: 'interleaved blocks',
    frames: [
      START,
      event('content_block_start', { index: 0, content_block: call('toolu_1', 'f', {}) }),
      event('content_block_start', { index: 1, content_block: call('toolu_2', 'g', {}) }),
      event('content_block_delta', { index: 1, delta: inputDeltas('{"y"')[0] }),
      event('content_block_delta', { index: 0, delta: inputDeltas('{"x"')[0] }),
      event('content_block_delta', { index: 1, delta: inputDeltas(':2}')[0] }),
      event('content_block_delta', { index: 0, delta: inputDeltas(':1}')[0] }),
      event('content_block_stop', { index: 0 }),
      event('content_block_stop', { index: 1 }),
      ...ending('tool_use'),
    ],
    answer: answer([call('toolu_1', 'f', { x: 1 }), call('toolu_2', 'g', { y: 2 })], 'tool_use'),
  },
  {
    name: 'two blocks at one index, the first never stopped',
    frames: [
      START,
      event('content_block_start', { index: 0, content_block: call('toolu_1', 'f', {}) }),
      ...block(0, call('toolu_2', 'g', {}), ...inputDeltas('{"y":2}')),
      ...ending('tool_use'),
    ],
    answer: answer([call('toolu_1', 'f', {}), call('toolu_2', 'g', { y: 2 })], 'tool_use'),
  },
  {
    name: 'hosted search with citations',
    frames: [
      START,
      ...block(0, { ...SEARCH[0], input: {} }, ...inputDeltas('{"query":', '"x"}')),
      ...block(1, SEARCH[1] ?? {}),
      ...block(2, text('', { citations: [] }), ...textDeltas('a'), { type: 'citations_delta', citation: CITATION }),
      ...ending('end_turn', { container: { id: 'container_1' } }, { context_management: { applied_edits: [] } }),
    ],
    answer: answer([...SEARCH, text('a', { citations: [CITATION] })], 'end_turn', {
      container: { id: 'container_1' },
      context_management: { applied_edits: [] },
    }),
  },
  {
    name: 'compaction',
    frames: [
      START,
      ...block(
        0,
        { type: 'compaction', content: '' },
        { type: 'compaction_delta', content: 'Sum' },
        { type: 'compaction_delta', content: 'mary' },
      ),
      ...block(1, text(''), ...textDeltas('Hi')),
      ...ending('end_turn'),
    ],
    answer: answer([{ type: 'compaction', content: 'Summary' }, text('Hi')], 'end_turn'),
  },
  {
    name: 'a stop sequence and unknown events',
    frames: [
      START,
      event('vendor_event', { x: 1 }),
      ...block(0, text(''), ...textDeltas('Hi'), { type: 'vendor_delta', x: 1 }),
      ...ending('stop_sequence', { stop_sequence: 'END' }),
    ],
    answer: answer([text('Hi')], 'stop_sequence', { stop_sequence: 'END' }),
  },
  {
    name: 'cumulative counts, events without names',
    frames: [
      START,
      ...block(0, text(''), ...textDeltas('Hi')),
      event('message_delta', { delta: {}, usage: { output_tokens: 3 } }),
      ...ending('end_turn'),
    ].map(({ data }): Frame => ({ event: null, data })),
    answer: answer([text('Hi')], 'end_turn'),
  },
  {
    name: 'a refusal in the middle',
    frames: [
      START,
      ...block(0, text(''), ...textDeltas('Fi')),
      ...ending('refusal', { stop_details: { type: 'refusal', category: null } }),
    ],
    answer: answer([text('Fi')], 'refusal', { stop_details: { type: 'refusal', category: null } }),
  },
  {
    name: 'tags',
    from: taggedContext('tags'),
    frames: [
      START,
      ...block(0, text(''), ...textDeltas(' <th', 'ink>Hm </', 'b></think', '>Hi')),
      ...ending('end_turn'),
    ],
    answer: answer([text('<think>Hm </b></think>Hi')], 'end_turn'),
  },
  {
    name: 'primed tags',
    from: taggedContext('primed'),
    frames: [START, ...block(0, text(''), ...textDeltas('Hm</thin', 'k>', 'Hi')), ...ending('end_turn')],
    answer: answer([text('Hm</think>Hi')], 'end_turn'),
  },
];
