/** The scripted model in Chat Completions; written by hand from the vendor's documentation. */
import { completion, delta, ending } from '../openai-frames.ts';
import {
  argumentsOf,
  base64Of,
  joined,
  partsOf,
  piecesOf,
  textOf,
  type ModelLanguage,
  type Seen,
  type Turn,
} from './turn.ts';

type Fields = Record<string, unknown>;

/** Chat Completions, with reasoning in `reasoning_content` as open models' servers send it. */
export const chat: ModelLanguage = {
  id: 'openai-chat',
  provider: 'openai-compatible',
  path: '/chat/completions',
  seal: null,
  whole(turn) {
    const { reasoning, text, calls } = turn;
    const tool_calls = calls?.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: argumentsOf(call) },
    }));
    const message = {
      content: text === undefined ? null : joined(text),
      ...(reasoning === undefined ? {} : { reasoning_content: joined(reasoning) }),
      ...(tool_calls === undefined ? {} : { tool_calls }),
    };
    return completion(message, finishOf(turn));
  },
  stream(turn) {
    const { reasoning = [], text = [], calls = [] } = turn;
    return [
      delta({ role: 'assistant', content: calls.length > 0 && text.length === 0 ? null : '' }),
      ...reasoning.map((reasoning_content) => delta({ reasoning_content })),
      ...text.map((content) => delta({ content })),
      ...calls.flatMap(({ id, name, pieces }, index) => [
        delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
        ...piecesOf(pieces).map((piece) => delta({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
      ...ending(finishOf(turn)),
    ];
  },
  errorFrame: () => 'data: {"error":{"message":"The server is overloaded","type":"server_error","code":503}}\n\n',
  read,
};

function finishOf({ calls = [] }: Turn): string {
  return calls.length > 0 ? 'tool_calls' : 'stop';
}

function read(body: Fields): Seen {
  const messages = body['messages'] as Fields[];
  const users = messages.filter(({ role }) => role === 'user').flatMap(({ content }) => partsOf(content, 'text'));
  const format = body['response_format'] as { json_schema?: Fields } | undefined;
  return {
    model: String(body['model']),
    isStream: body['stream'] === true,
    instructions: messages
      .filter(({ role }) => role === 'system' || role === 'developer')
      .map(({ content }) => textOf(content))
      .join('\n'),
    texts: users.filter(({ type }) => type === 'text').map(({ text }) => String(text)),
    images: users
      .filter(({ type }) => type === 'image_url')
      .map(({ image_url }) => base64Of((image_url as Fields)['url'])),
    documents: users.filter(({ type }) => type === 'file').map(({ file }) => base64Of((file as Fields)['file_data'])),
    tools: partsOf(body['tools'], '').map((tool) => String((tool['function'] as Fields)['name'])),
    calls: messages
      .flatMap(({ tool_calls }) => partsOf(tool_calls, ''))
      .map(({ id, function: called }) => {
        const { name, arguments: text } = called as Fields;
        return { id: String(id), name: String(name), input: JSON.parse(String(text)) as unknown };
      }),
    results: messages
      .filter(({ role }) => role === 'tool')
      .map(({ tool_call_id, content }) => [String(tool_call_id), textOf(content)]),
    schema: format?.json_schema?.['schema'] ?? null,
  };
}
