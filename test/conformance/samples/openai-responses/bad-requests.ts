/** Requests of the Responses language that must be refused, each with its code and path. */
import type { ProtocolSamples } from '../../protocol.ts';

const USER = [{ role: 'user', content: 'Hi' }];

const bad = (body: object): Pick<ProtocolSamples['badRequests'][number], 'body'> => ({
  body: { model: 'm', input: USER, ...body },
});
const item = (value: object): Pick<ProtocolSamples['badRequests'][number], 'body'> => ({
  body: { model: 'm', input: [...USER, { ...value }] },
});
const invalid = 'invalid-value' as const;
const missing = 'missing-field' as const;

/** What must be refused. */
export const badRequests: ProtocolSamples['badRequests'] = [
  { name: 'no model', body: { input: 'x' }, code: missing, where: 'model' },
  { name: 'model is a number', ...bad({ model: 3 }), code: invalid, where: 'model' },
  { name: 'no input', body: { model: 'm' }, code: missing, where: 'input' },
  { name: 'input is a number', ...bad({ input: 3 }), code: invalid, where: 'input' },
  { name: 'an item is a string', body: { model: 'm', input: ['hi'] }, code: invalid, where: 'input[0]' },
  { name: 'no type and no role', ...item({ content: 'x' }), code: missing, where: 'input[1].type' },
  { name: 'a type that is a number', ...item({ type: 3 }), code: invalid, where: 'input[1].type' },
  { name: 'no role', ...item({ type: 'message', content: 'x' }), code: missing, where: 'input[1].role' },
  { name: 'another role', ...item({ role: 'king', content: 'x' }), code: invalid, where: 'input[1].role' },
  { name: 'no content', ...item({ role: 'user' }), code: missing, where: 'input[1].content' },
  { name: 'content is a number', ...item({ role: 'user', content: 1 }), code: invalid, where: 'input[1].content' },
  {
    name: 'an image without a URL',
    ...item({ role: 'user', content: [{ type: 'input_image' }] }),
    code: missing,
    where: 'input[1].content[0].image_url',
  },
  {
    name: 'a file without bytes',
    ...item({ role: 'user', content: [{ type: 'input_file' }] }),
    code: invalid,
    where: 'input[1].content[0]',
  },
  {
    name: 'a sound without a format',
    ...item({ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'x' } }] }),
    code: missing,
    where: 'input[1].content[0].input_audio.format',
  },
  {
    name: 'a call without an id',
    ...item({ type: 'function_call', name: 'f', arguments: '' }),
    code: missing,
    where: 'input[1].call_id',
  },
  {
    name: 'arguments as an object',
    ...item({ type: 'function_call', call_id: 'c', name: 'f', arguments: {} }),
    code: invalid,
    where: 'input[1].arguments',
  },
  {
    name: 'a result of nothing',
    ...item({ type: 'function_call_output', output: 'x' }),
    code: missing,
    where: 'input[1].call_id',
  },
  {
    name: 'no result',
    ...item({ type: 'function_call_output', call_id: 'c' }),
    code: missing,
    where: 'input[1].output',
  },
  {
    name: 'a summary that is text',
    ...item({ type: 'reasoning', summary: 'x' }),
    code: invalid,
    where: 'input[1].summary',
  },
  {
    name: 'a seal that is a number',
    ...item({ type: 'reasoning', summary: [], encrypted_content: 1 }),
    code: invalid,
    where: 'input[1].encrypted_content',
  },
  { name: 'instructions as a list', ...bad({ instructions: [] }), code: invalid, where: 'instructions' },
  { name: 'stream as text', ...bad({ stream: 'true' }), code: invalid, where: 'stream' },
  { name: 'no tokens', ...bad({ max_output_tokens: 0 }), code: invalid, where: 'max_output_tokens' },
  { name: 'half a token', ...bad({ max_output_tokens: 1.5 }), code: invalid, where: 'max_output_tokens' },
  { name: 'include as text', ...bad({ include: 'x' }), code: invalid, where: 'include' },
  { name: 'extreme logprobs', ...bad({ top_logprobs: 1e6 }), code: invalid, where: 'top_logprobs' },
  { name: 'temperature as text', ...bad({ temperature: 'hot' }), code: invalid, where: 'temperature' },
  { name: 'a choice that is a number', ...bad({ tool_choice: 1 }), code: invalid, where: 'tool_choice' },
  { name: 'a tool without a type', ...bad({ tools: [{}] }), code: missing, where: 'tools[0].type' },
  { name: 'a tool without a name', ...bad({ tools: [{ type: 'function' }] }), code: missing, where: 'tools[0].name' },
  { name: 'many tools', ...bad({ tools: Array.from({ length: 10_000 }, () => ({})) }), code: invalid, where: 'tools' },
  { name: 'a format without a type', ...bad({ text: { format: {} } }), code: missing, where: 'text.format.type' },
  {
    name: 'a schema without a name',
    ...bad({ text: { format: { type: 'json_schema' } } }),
    code: missing,
    where: 'text.format.name',
  },
  {
    name: 'an effort that is a number',
    ...bad({ reasoning: { effort: 1 } }),
    code: invalid,
    where: 'reasoning.effort',
  },
  { name: 'a user that is a number', ...bad({ user: 1 }), code: invalid, where: 'user' },
];
