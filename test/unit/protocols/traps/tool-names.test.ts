/** Names of tools that a vendor refuses, renamed on the way there and named back on the way home. */
import { describe, expect, it } from 'vitest';
import { callsIn, meet, modelOf, type Fields, type Language } from './scene.ts';

/** 130 characters, with a dot and a slash: Anthropic takes 128 and neither, OpenAI 64 and neither. */
const LONG = `mcp.server/${'x'.repeat(119)}`;
const SCHEMA = { type: 'object', properties: {} };

/** A tool of that name and an earlier call of it, in a client's language. */
const ASKS: Readonly<Record<Language, Fields>> = {
  'openai-chat': {
    tools: [{ type: 'function', function: { name: LONG, parameters: SCHEMA } }],
    messages: [
      { role: 'user', content: 'x' },
      { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: LONG, arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c', content: 'y' },
    ],
  },
  'openai-responses': {
    tools: [{ type: 'function', name: LONG, parameters: SCHEMA }],
    input: [
      { role: 'user', content: 'x' },
      { type: 'function_call', call_id: 'c', name: LONG, arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'y' },
    ],
  },
  'anthropic-messages': {
    tools: [{ name: LONG, input_schema: SCHEMA }],
    messages: [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: LONG, input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'y' }] },
    ],
  },
};

describe('a tool name that the vendor refuses', () => {
  it.each([
    ['openai-chat', 'anthropic', 'anthropic-messages', 128],
    ['openai-chat', 'openai-responses', 'openai-responses', 64],
    ['openai-responses', 'anthropic', 'anthropic-messages', 128],
    ['openai-responses', 'openai', 'openai-chat', 64],
    ['anthropic-messages', 'openai', 'openai-chat', 64],
    ['anthropic-messages', 'openai-responses', 'openai-responses', 64],
  ] as const)('wire trap 9: goes from %s to %s and back', async (client, provider, upstream, most) => {
    const model = modelOf(upstream);
    const scene = await meet(client, provider);
    const asked = scene.ask({ stream: true, ...ASKS[client] });
    const { tools, calls } = model.read(asked.sent);
    const [name] = tools;
    expect(name).toMatch(/^[\w-]+$/);
    expect(name!.length).toBeLessThanOrEqual(most);
    expect(calls.map((call) => call.name)).toEqual([name]);
    const events = asked.stream(...model.stream({ calls: [{ id: 'call_a', name: name!, pieces: [] }] }));
    expect(callsIn(client, events).map(([id, called]) => [id, called])).toEqual([['call_a', LONG]]);
  });
});
