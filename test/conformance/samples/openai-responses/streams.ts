/** Streams of the Responses language: OpenAI's lifecycle and what vendors make of it. */
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import { plainDialect, type Frame } from '../../../../src/core/protocol.ts';
import type { StreamSample } from '../../protocol.ts';
import { slimAnswer as answer, call, message, outputText, reasoning, SEARCH, summary } from './answers.ts';

/** Frames with their numbers, named as OpenAI names them. */
export function frames(...events: readonly JsonObject[]): readonly Frame[] {
  return events.map((event, i): Frame => {
    const type = typeof event['type'] === 'string' ? event['type'] : null;
    return { event: type, data: JSON.stringify({ ...event, sequence_number: i }) };
  });
}

/** Opening and terminal event around others. */
export function stream(whole: JsonObject, ...events: readonly JsonObject[]): readonly Frame[] {
  const { id = null, object = null, created_at = null, model = null } = whole;
  const response = { id, object, created_at, model, status: 'in_progress', output: [] };
  return frames({ type: 'response.created', response }, { type: 'response.in_progress', response }, ...events, {
    type: `response.${String(whole['status'])}`,
    response: whole,
  });
}

/** Announcement, events and end of one item. */
export function item(
  slot: number,
  whole: JsonObject,
  empty: JsonObject,
  ...events: readonly JsonObject[]
): readonly JsonObject[] {
  const at = { output_index: slot };
  const { encrypted_content: _sealed, ...bare } = whole;
  const named = events.map((event) => ({ item_id: whole['id'] ?? null, ...at, ...event }));
  return [
    { type: 'response.output_item.added', ...at, item: { ...bare, ...empty, status: 'in_progress' } },
    ...named,
    { type: 'response.output_item.done', ...at, item: whole },
  ];
}

/** The events of one text. */
export function text(at: number, words: readonly string[], more: JsonObject = {}): readonly JsonObject[] {
  const content_index = at;
  const whole = words.join('');
  return [
    { type: 'response.content_part.added', content_index, part: outputText('') },
    ...words.map((delta) => ({
      type: 'response.output_text.delta',
      content_index,
      delta,
      logprobs: [],
      obfuscation: 'x',
    })),
    { type: 'response.output_text.done', content_index, text: whole, logprobs: [] },
    { type: 'response.content_part.done', content_index, part: outputText(whole, more) },
  ];
}

const args = (...words: readonly string[]): readonly JsonObject[] => [
  ...words.map((delta) => ({ type: 'response.function_call_arguments.delta', delta })),
  { type: 'response.function_call_arguments.done', arguments: words.join('') },
];
const thought = (at: number, ...words: readonly string[]): readonly JsonObject[] => [
  { type: 'response.reasoning_summary_part.added', summary_index: at, part: summary('') },
  ...words.map((delta) => ({ type: 'response.reasoning_summary_text.delta', summary_index: at, delta })),
  { type: 'response.reasoning_summary_text.done', summary_index: at, text: words.join('') },
  { type: 'response.reasoning_summary_part.done', summary_index: at, part: summary(words.join('')) },
];
const CITATION = { type: 'url_citation', start_index: 0, end_index: 2, url: 'https://example.com', title: 'T' };
const LOGPROB = { token: 'Hi', logprob: -0.1, bytes: [72], top_logprobs: [] };
const RAW = reasoning({ content: [{ type: 'reasoning_text', text: 'Hm.' }] });

const texts = answer([message([outputText('Grüß 你好 👋🏽')])]);
const calls = answer([call(1, 'f', '{"x":1}'), call(2, 'g', '{}', { namespace: 'crm' })]);
const thoughts = answer([
  reasoning({ summary: [summary('One.'), summary('Two.')], encrypted_content: 'gAAA' }),
  message([outputText('So')], { phase: 'commentary' }),
  call(3, 'f', '{}'),
]);
const cited = answer([
  message([outputText('Hi', { annotations: [CITATION], logprobs: [LOGPROB] }), outputText('you')]),
]);
const hosted = answer([SEARCH, message([outputText('Hi')])]);
const custom = answer([
  { id: 'ctc_1', type: 'custom_tool_call', status: 'completed', call_id: 'call_1', name: 'patch', input: '*** Begin' },
]);
const refused = answer([message([{ type: 'refusal', refusal: 'No.' }])]);
const raw = answer([RAW, message([outputText('Hi')])]);
const cut = answer([message([outputText('Hi')], { status: 'incomplete' })], {
  status: 'incomplete',
  incomplete_details: { reason: 'max_output_tokens' },
});

const listOf = (whole: JsonObject): readonly JsonObject[] => whole['output'] as readonly JsonObject[];
const nth = (whole: JsonObject, n: number): JsonObject => listOf(whole)[n] ?? {};
const NO_CONTENT: JsonObject = { content: [] };
const NO_ARGUMENTS: JsonObject = { arguments: '' };
const plain = plainDialect('openai-responses');

/** Complete streams. */
export const streams: readonly StreamSample[] = [
  {
    name: 'text in many languages',
    answer: texts,
    frames: stream(texts, ...item(0, nth(texts, 0), NO_CONTENT, ...text(0, ['Grüß ', '你好 👋🏽']))),
  },
  {
    name: 'parallel calls, one after the other',
    answer: calls,
    frames: stream(
      calls,
      ...item(0, nth(calls, 0), NO_ARGUMENTS, ...args('{"x"', ':1}')),
      ...item(1, nth(calls, 1), NO_ARGUMENTS, ...args('{}')),
    ),
  },
  {
    name: 'parallel calls, interleaved',
    answer: calls,
    frames: stream(
      calls,
      { type: 'response.output_item.added', output_index: 0, item: { ...nth(calls, 0), arguments: '' } },
      { type: 'response.output_item.added', output_index: 1, item: { ...nth(calls, 1), arguments: '' } },
      { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'fc_1', delta: '{"x"' },
      { type: 'response.function_call_arguments.delta', output_index: 1, item_id: 'fc_2', delta: '{}' },
      { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'fc_1', delta: ':1}' },
      { type: 'response.output_item.done', output_index: 1, item: nth(calls, 1) },
      { type: 'response.output_item.done', output_index: 0, item: nth(calls, 0) },
    ),
  },
  {
    name: 'summaries, a seal, commentary and a call',
    answer: thoughts,
    frames: stream(
      thoughts,
      ...item(0, nth(thoughts, 0), { summary: [] }, ...thought(0, 'On', 'e.'), ...thought(1, 'Two.')),
      ...item(1, nth(thoughts, 1), NO_CONTENT, ...text(0, ['So'])),
      ...item(2, nth(thoughts, 2), NO_ARGUMENTS),
    ),
  },
  {
    name: 'citations, log probabilities, two texts',
    answer: cited,
    frames: stream(
      cited,
      ...item(
        0,
        nth(cited, 0),
        NO_CONTENT,
        { type: 'response.content_part.added', content_index: 0, part: outputText('') },
        { type: 'response.output_text.delta', content_index: 0, delta: 'Hi', logprobs: [LOGPROB] },
        { type: 'response.output_text.annotation.added', content_index: 0, annotation_index: 0, annotation: CITATION },
        { type: 'response.output_text.done', content_index: 0, text: 'Hi', logprobs: [LOGPROB] },
        { type: 'response.content_part.done', content_index: 0, part: outputText('Hi', { annotations: [CITATION] }) },
        ...text(1, ['you']),
      ),
    ),
  },
  {
    name: 'a hosted tool and its progress',
    answer: hosted,
    frames: stream(
      hosted,
      ...item(
        0,
        SEARCH,
        {},
        { type: 'response.web_search_call.in_progress' },
        { type: 'response.web_search_call.searching' },
        { type: 'response.web_search_call.completed' },
      ),
      ...item(1, nth(hosted, 1), NO_CONTENT, ...text(0, ['Hi'])),
    ),
  },
  {
    name: 'a custom tool',
    answer: custom,
    frames: stream(
      custom,
      ...item(
        0,
        nth(custom, 0),
        { input: '' },
        { type: 'response.custom_tool_call_input.delta', delta: '*** ' },
        { type: 'response.custom_tool_call_input.delta', delta: 'Begin' },
        { type: 'response.custom_tool_call_input.done', input: '*** Begin' },
      ),
    ),
  },
  {
    name: 'refusal',
    answer: refused,
    frames: stream(
      refused,
      ...item(
        0,
        nth(refused, 0),
        NO_CONTENT,
        { type: 'response.content_part.added', content_index: 0, part: { type: 'refusal', refusal: '' } },
        { type: 'response.refusal.delta', content_index: 0, delta: 'No' },
        { type: 'response.refusal.delta', content_index: 0, delta: '.' },
        { type: 'response.refusal.done', content_index: 0, refusal: 'No.' },
      ),
    ),
  },
  {
    name: 'LM Studio: raw reasoning',
    answer: raw,
    frames: stream(
      raw,
      ...item(
        0,
        RAW,
        NO_CONTENT,
        { type: 'response.content_part.added', content_index: 0, part: { type: 'reasoning_text', text: '' } },
        { type: 'response.reasoning_text.delta', content_index: 0, delta: 'H' },
        { type: 'response.reasoning_text.delta', content_index: 0, delta: 'm.' },
        { type: 'response.reasoning_text.done', content_index: 0, text: 'Hm.' },
      ),
      ...item(1, nth(raw, 1), NO_CONTENT, ...text(0, ['Hi'])),
    ),
  },
  {
    name: 'cut off by the limit',
    answer: cut,
    frames: stream(cut, ...item(0, nth(cut, 0), NO_CONTENT, ...text(0, ['Hi']))),
  },
  {
    name: 'no lifecycle at all',
    answer: texts,
    frames: stream(texts, { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, delta: 'Grüß ' }),
  },
  { name: 'nothing but the end', answer: thoughts, frames: frames({ type: 'response.completed', response: thoughts }) },
  {
    name: 'ids that change, frames without names, [DONE] before the end',
    answer: texts,
    frames: stream(
      texts,
      { type: 'response.output_item.added', output_index: 0, item: message([]) },
      {
        type: 'response.output_text.delta',
        output_index: 0,
        item_id: 'msg_x',
        content_index: 0,
        delta: 'Grüß 你好 👋🏽',
      },
      { type: 'response.output_item.done', output_index: 0, item: { ...nth(texts, 0), id: 'msg_y' } },
    )
      .map(({ data }): Frame => ({ event: null, data }))
      .toSpliced(-1, 0, { event: null, data: '[DONE]' }),
  },
  {
    name: 'arguments only at the end, as an object',
    answer: answer([call(1, 'f', '{"x":1}')]),
    frames: stream(answer([call(1, 'f', '{"x":1}')]), ...item(0, call(1, 'f', { x: 1 } as Json), NO_ARGUMENTS)),
  },
  {
    name: 'output without reasoning in its count',
    from: { dialect: { ...plain, usageExcludesReasoning: true }, names: new Map() },
    answer: texts,
    frames: stream(texts, ...item(0, nth(texts, 0), NO_CONTENT, ...text(0, ['Grüß 你好 👋🏽']))),
  },
];
