/** The scripted model in Anthropic Messages; written by hand from the vendor's documentation. */
import { argumentsOf, joined, partsOf, textOf, type ModelLanguage, type Seen, type Turn } from './turn.ts';

type Fields = Record<string, unknown>;

/** The signature of everything that the model thinks. */
const SIGNATURE = 'c2lnbmVk';

/** Messages, with signed thinking. */
export const messages: ModelLanguage = {
  id: 'anthropic-messages',
  provider: 'anthropic-compatible',
  path: '/messages',
  seal: SIGNATURE,
  whole(turn) {
    const content = blocksOf(turn).map(({ block, whole }) => ({ ...block, ...whole }));
    return { ...MESSAGE, content, stop_reason: finishOf(turn), usage: { input_tokens: 9, output_tokens: 4 } };
  },
  stream(turn) {
    const blocks = blocksOf(turn).flatMap(({ block, deltas }, index) => [
      named('content_block_start', { index, content_block: block }),
      ...deltas.map((delta) => named('content_block_delta', { index, delta })),
      named('content_block_stop', { index }),
    ]);
    return [
      named('message_start', {
        message: { ...MESSAGE, content: [], stop_reason: null, usage: { input_tokens: 9, output_tokens: 1 } },
      }),
      ...blocks,
      named('message_delta', {
        delta: { stop_reason: finishOf(turn), stop_sequence: null },
        usage: { output_tokens: 4 },
      }),
      named('message_stop', {}),
    ];
  },
  errorFrame: () => named('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
  read,
};

const MESSAGE = { id: 'msg_e2e', type: 'message', role: 'assistant', model: 'some-model', stop_sequence: null };

interface Block {
  /** As it begins. */
  readonly block: Fields;
  readonly deltas: readonly Fields[];
  /** What it has become at its end. */
  readonly whole: Fields;
}

function blocksOf({ reasoning, text, calls = [] }: Turn): Block[] {
  const blocks: Block[] = [];
  if (reasoning !== undefined) {
    blocks.push({
      block: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        ...reasoning.map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: SIGNATURE },
      ],
      whole: { thinking: joined(reasoning), signature: SIGNATURE },
    });
  }
  if (text !== undefined) {
    const deltas = text.map((piece) => ({ type: 'text_delta', text: piece }));
    blocks.push({ block: { type: 'text', text: '' }, deltas, whole: { text: joined(text) } });
  }
  for (const call of calls) {
    blocks.push({
      block: { type: 'tool_use', id: call.id, name: call.name, input: {} },
      deltas: call.pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      whole: { input: JSON.parse(argumentsOf(call)) as unknown },
    });
  }
  return blocks;
}

function finishOf({ calls = [] }: Turn): string {
  return calls.length > 0 ? 'tool_use' : 'end_turn';
}

function named(type: string, more: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

function read(body: Fields): Seen {
  const turns = body['messages'] as Fields[];
  const parts = (role: string): Fields[] =>
    turns.filter((turn) => turn['role'] === role).flatMap(({ content }) => partsOf(content, 'text'));
  const said = parts('user');
  const ofType = (type: string): Fields[] => said.filter((part) => part['type'] === type);
  const dataOf = (part: Fields): string => String((part['source'] as Fields)['data']);
  const config = body['output_config'] as { format?: Fields } | undefined;
  return {
    model: String(body['model']),
    isStream: body['stream'] === true,
    instructions: [...partsOf(body['system'], 'text'), ...parts('system')].map(({ text }) => String(text)).join('\n'),
    texts: ofType('text').map(({ text }) => String(text)),
    images: ofType('image').map(dataOf),
    documents: ofType('document').map(dataOf),
    tools: partsOf(body['tools'], '').map(({ name }) => String(name)),
    calls: parts('assistant')
      .filter(({ type }) => type === 'tool_use')
      .map(({ id, name, input }) => ({ id: String(id), name: String(name), input })),
    results: ofType('tool_result').map(({ tool_use_id, content }) => [String(tool_use_id), textOf(content)]),
    schema: config?.format?.['schema'] ?? null,
  };
}
