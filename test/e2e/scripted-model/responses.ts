/** The scripted model in the Responses API; written by hand from the vendor's documentation. */
import {
  argumentsOf,
  base64Of,
  joined,
  partsOf,
  piecesOf,
  textOf,
  type ModelLanguage,
  type ScriptedCall,
  type Seen,
  type Turn,
} from './turn.ts';

type Fields = Record<string, unknown>;
type Event = readonly [type: string, more: object];

/** The sealed form of everything that the model thinks. */
const SEALED = 'c2VhbGVk';

/** The Responses API, with reasoning as a summary and sealed. */
export const responses: ModelLanguage = {
  id: 'openai-responses',
  provider: 'openai-responses',
  path: '/responses',
  seal: SEALED,
  whole: (turn) => ended(itemsOf(turn).map(({ item }) => item)),
  stream(turn) {
    const items = itemsOf(turn);
    const begun = { response: { ...RESPONSE, status: 'in_progress', output: [], usage: null } };
    const events: Event[] = [
      ['response.created', begun],
      ['response.in_progress', begun],
      ...items.flatMap(({ events: ofItem }, index) => ofItem(index)),
      ['response.completed', { response: ended(items.map(({ item }) => item)) }],
    ];
    return events.map(([type, more], i) => named(type, i, more));
  },
  errorFrame: (before) =>
    named('error', before, { code: 'server_error', message: 'The server is overloaded', param: null }),
  read,
};

const RESPONSE = {
  id: 'resp_e2e',
  object: 'response',
  created_at: 1_763_856_000,
  model: 'some-model',
  error: null,
  incomplete_details: null,
};

function ended(output: readonly object[]): object {
  const usage = {
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 4,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 13,
  };
  return { ...RESPONSE, status: 'completed', output, usage };
}

interface Item {
  /** As it is at its end. */
  readonly item: Fields;
  events(index: number): Event[];
}

function itemsOf({ reasoning, text, calls = [] }: Turn): Item[] {
  return [
    ...(reasoning === undefined ? [] : [reasoningItem(reasoning)]),
    ...(text === undefined ? [] : [messageItem(text)]),
    ...calls.map(callItem),
  ];
}

function lifecycle(item: Fields, begun: object, between: (at: object) => Event[]): Item {
  return {
    item,
    events: (output_index) => [
      ['response.output_item.added', { output_index, item: { ...item, ...begun } }],
      ...between({ item_id: item['id'], output_index }),
      ['response.output_item.done', { output_index, item }],
    ],
  };
}

function reasoningItem(pieces: readonly string[]): Item {
  const part = { type: 'summary_text', text: joined(pieces) };
  const item = { type: 'reasoning', id: 'rs_e2e', summary: [part], encrypted_content: SEALED };
  return lifecycle(item, { summary: [] }, (place) => {
    const at = { ...place, summary_index: 0 };
    return [
      ['response.reasoning_summary_part.added', { ...at, part: { ...part, text: '' } }],
      ...pieces.map((delta): Event => ['response.reasoning_summary_text.delta', { ...at, delta }]),
      ['response.reasoning_summary_text.done', { ...at, text: part.text }],
      ['response.reasoning_summary_part.done', { ...at, part }],
    ];
  });
}

function messageItem(pieces: readonly string[]): Item {
  const part = { type: 'output_text', text: joined(pieces), annotations: [] };
  const item = { type: 'message', id: 'msg_e2e', status: 'completed', role: 'assistant', content: [part] };
  return lifecycle(item, { status: 'in_progress', content: [] }, (place) => {
    const at = { ...place, content_index: 0 };
    return [
      ['response.content_part.added', { ...at, part: { ...part, text: '' } }],
      ...pieces.map((delta): Event => ['response.output_text.delta', { ...at, delta, logprobs: [] }]),
      ['response.output_text.done', { ...at, text: part.text, logprobs: [] }],
      ['response.content_part.done', { ...at, part }],
    ];
  });
}

function callItem(call: ScriptedCall): Item {
  const { id: call_id, name, pieces } = call;
  const item = {
    type: 'function_call',
    id: `fc_${call_id}`,
    call_id,
    name,
    arguments: argumentsOf(call),
    status: 'completed',
  };
  return lifecycle(item, { arguments: '', status: 'in_progress' }, (at) => [
    ...piecesOf(pieces).map((delta): Event => ['response.function_call_arguments.delta', { ...at, delta }]),
    ['response.function_call_arguments.done', { ...at, arguments: item.arguments, name }],
  ]);
}

function named(type: string, sequence_number: number, more: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...more })}\n\n`;
}

function read(body: Fields): Seen {
  const items = typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : body['input'];
  const all = items as Fields[];
  const parts = (...roles: string[]): Fields[] =>
    all.filter(({ role }) => roles.includes(String(role))).flatMap(({ content }) => partsOf(content, 'input_text'));
  const said = parts('user');
  const ofType = (list: readonly Fields[], type: string): Fields[] => list.filter((part) => part['type'] === type);
  const text = body['text'] as { format?: Fields } | undefined;
  return {
    model: String(body['model']),
    isStream: body['stream'] === true,
    instructions: [body['instructions'] ?? '', ...parts('system', 'developer').map((part) => part['text'])].join('\n'),
    texts: ofType(said, 'input_text').map((part) => String(part['text'])),
    images: ofType(said, 'input_image').map(({ image_url }) => base64Of(image_url)),
    documents: ofType(said, 'input_file').map(({ file_data }) => base64Of(file_data)),
    tools: partsOf(body['tools'], '').map(({ name }) => String(name)),
    calls: ofType(all, 'function_call').map(({ call_id, name, arguments: input }) => ({
      id: String(call_id),
      name: String(name),
      input: JSON.parse(String(input)) as unknown,
    })),
    results: ofType(all, 'function_call_output').map(({ call_id, output }) => [String(call_id), textOf(output)]),
    schema: text?.format?.['schema'] ?? null,
  };
}
