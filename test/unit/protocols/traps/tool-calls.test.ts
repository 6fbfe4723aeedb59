/** What peers are known to do wrong with tool calls, one test for each trap by its number in our list of them. */
import { describe, expect, it } from 'vitest';
import {
  at,
  callsIn,
  delta,
  DONE,
  event,
  meet,
  modelOf,
  PAIRS,
  plainProvider,
  type Fields,
  type Heard,
  type Language,
} from './scene.ts';

const CALLS = [
  { id: 'call_a', name: 'weather', pieces: ['{"ci', 'ty":"Basel"}'] },
  { id: 'call_b', name: 'weather', pieces: ['{"city":', '"Bonn"}'] },
];
const MADE = [
  ['call_a', 'weather', '{"city":"Basel"}'],
  ['call_b', 'weather', '{"city":"Bonn"}'],
];

/** Declares functions in a client's language. */
function tools(client: Language, ...names: readonly string[]): Fields {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } };
  const declare = (name: string): Fields => {
    if (client === 'openai-chat') return { type: 'function', function: { name, parameters } };
    if (client === 'openai-responses') return { type: 'function', name, parameters, strict: false };
    return { name, input_schema: parameters };
  };
  return { tools: names.map(declare) };
}

/** A conversation in a client's language in which two calls were made and both results are there. */
function resolved(client: Language, name = 'weather', ids = ['call_a', 'call_b']): Fields {
  const user = { role: 'user', content: 'Weather?' };
  if (client === 'openai-chat') {
    const tool_calls = ids.map((id) => ({ id, type: 'function', function: { name, arguments: '{}' } }));
    const results = ids.map((id) => ({ role: 'tool', tool_call_id: id, content: `of ${id}` }));
    return { messages: [user, { role: 'assistant', content: null, tool_calls }, ...results] };
  }
  if (client === 'openai-responses') {
    const calls = ids.map((call_id) => ({ type: 'function_call', call_id, name, arguments: '{}' }));
    const results = ids.map((call_id) => ({ type: 'function_call_output', call_id, output: `of ${call_id}` }));
    return { input: [user, ...calls, ...results] };
  }
  const content = ids.map((id) => ({ type: 'tool_use', id, name, input: {} }));
  const results = ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: `of ${id}` }));
  return { max_tokens: 9, messages: [user, { role: 'assistant', content }, { role: 'user', content: results }] };
}

describe('parallel calls', () => {
  it.each(PAIRS)('wire trap 1: %s from %s have an index, a block or an item each', async (client, upstream) => {
    const scene = await meet(client, plainProvider(upstream));
    const events = scene.ask({ stream: true }).stream(...modelOf(upstream).stream({ calls: CALLS }));
    expect(callsIn(client, events)).toEqual(MADE);
  });

  it.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
    'wire traps 1 and 3: %s hears two calls where every delta of the upstream says index 0',
    async (client) => {
      const scene = await meet(client, client === 'openai-chat' ? 'cerebras' : 'openai-compatible');
      const piece = (id: string, args: string): string =>
        delta({ tool_calls: [{ index: 0, id, type: 'function', function: { name: 'weather', arguments: args } }] });
      const frames = [piece('call_a', '{"city":"Basel"}'), piece('call_b', '{"city":"Bonn"}'), delta({}, 'tool_calls')];
      const more = client === 'openai-chat' ? { logit_bias: {} } : {};
      expect(callsIn(client, scene.ask({ stream: true, ...more }).stream(...frames, DONE))).toEqual(MADE);
    },
  );

  it.each(['openai-responses', 'anthropic-messages'] as const)(
    'wire trap 2: arguments that arrive interleaved go to their own call for %s, one after the other',
    async (client) => {
      const scene = await meet(client, 'openai-compatible');
      const begin = (index: number): string =>
        delta({ tool_calls: [{ index, id: CALLS[index]!.id, function: { name: 'weather', arguments: '' } }] });
      const piece = (index: number, i: number): string =>
        delta({ tool_calls: [{ index, function: { arguments: CALLS[index]!.pieces[i] } }] });
      const events = scene
        .ask({ stream: true })
        .stream(begin(0), begin(1), piece(1, 0), piece(0, 0), piece(1, 1), piece(0, 1), delta({}, 'tool_calls'), DONE);
      expect(callsIn(client, events)).toEqual(MADE);
      const opened = events
        .map(({ event: name }) => name)
        .filter((name) => /(block_start|item\.added|block_stop|item\.done)$/.test(name!));
      expect(opened.map((name) => /(start|added)$/.test(name!))).toEqual([true, false, true, false]);
    },
  );

  it.each(PAIRS)('wire trap 7: the results of %s reach %s as that language wants them', async (client, upstream) => {
    const scene = await meet(client, plainProvider(upstream));
    const { sent } = scene.ask({ ...tools(client, 'weather'), ...resolved(client) });
    const { results } = modelOf(upstream).read(sent);
    expect(results).toEqual([
      ['call_a', 'of call_a'],
      ['call_b', 'of call_b'],
    ]);
    const turns = (sent['messages'] ?? []) as Fields[];
    const users = turns.filter(
      ({ content }) => Array.isArray(content) && at<string>(content, 0, 'type') === 'tool_result',
    );
    expect(users).toHaveLength(upstream === 'anthropic-messages' ? 1 : 0);
  });

  it.each(PAIRS)('wire trap 8: every result of %s names its call for %s', async (client, upstream) => {
    const scene = await meet(client, plainProvider(upstream));
    const { calls, results } = modelOf(upstream).read(scene.ask(resolved(client)).sent);
    expect(results.map(([id]) => id)).toEqual(calls.map(({ id }) => id));
  });
});

describe('arguments', () => {
  const none = { id: 'call_a', name: 'time', pieces: [] };

  it.each(PAIRS)('wire trap 4: a call without arguments is {} for %s from %s', async (client, upstream) => {
    const model = modelOf(upstream);
    const scene = await meet(client, plainProvider(upstream));
    const streamed = callsIn(client, scene.ask({ stream: true }).stream(...model.stream({ calls: [none] })));
    const whole = scene.ask({}).answer(model.whole({ calls: [none] }));
    const input = {
      'openai-chat': () =>
        JSON.parse(at<string>(whole, 'choices', 0, 'message', 'tool_calls', 0, 'function', 'arguments')) as unknown,
      'openai-responses': () => JSON.parse(at<string>(whole, 'output', 0, 'arguments')) as unknown,
      'anthropic-messages': () => at(whole, 'content', 0, 'input'),
    }[client]();
    expect(input).toEqual({});
    expect(JSON.parse(streamed[0]![2]! || '{}')).toEqual({});
    // The Messages SDK reads no delta as {}; clients of the other languages parse the text that they were sent.
    expect(client === 'anthropic-messages' || streamed[0]![2] === '{}').toBe(true);
  });

  it.each(['', null])('wire trap 4: arguments %j of a chat upstream are {} for everybody', async (args) => {
    const call = { id: 'call_a', type: 'function', function: { name: 'time', arguments: args } };
    const answer = {
      id: 'x',
      model: 'm',
      choices: [{ index: 0, message: { tool_calls: [call] }, finish_reason: 'tool_calls' }],
    };
    const messages = (await meet('anthropic-messages', 'openai-compatible')).ask({}).answer(answer);
    expect(at(messages, 'content', 0, 'input')).toEqual({});
    const responses = (await meet('openai-responses', 'openai-compatible')).ask({}).answer(answer);
    expect(at(responses, 'output', 0, 'arguments')).toBe('{}');
  });

  it.each(['openai-chat', 'openai-responses'] as const)(
    'wire trap 5: the empty input of a block that begins is not glued before its deltas for %s',
    async (client) => {
      const scene = await meet(client, 'anthropic-compatible');
      const events = scene
        .ask({ stream: true })
        .stream(...modelOf('anthropic-messages').stream({ calls: CALLS.slice(0, 1) }));
      expect(callsIn(client, events)).toEqual(MADE.slice(0, 1));
    },
  );

  it.each(['openai-chat', 'openai-responses'] as const)(
    'wire trap 6: input that only the beginning of a block tells reaches %s',
    async (client) => {
      const block = { type: 'tool_use', id: 'call_a', name: 'weather', input: { city: 'Basel' } };
      const [start, , , ...end] = modelOf('anthropic-messages').stream({ calls: [{ ...CALLS[0]!, pieces: [] }] });
      const scene = await meet(client, 'anthropic-compatible');
      const events = scene
        .ask({ stream: true })
        .stream(
          start!,
          event('content_block_start', { index: 0, content_block: block }),
          event('content_block_stop', { index: 0 }),
          ...end,
        );
      expect(callsIn(client, events)).toEqual(MADE.slice(0, 1));
    },
  );
});

describe('names and ids', () => {
  it.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
    'wire trap 10: Mistral gets ids of nine letters and digits, and %s its own',
    async (client) => {
      const scene = await meet(client, 'mistral', { model: 'mistral-large-latest' });
      const { calls, results } = modelOf('openai-chat').read(scene.ask(resolved(client)).sent);
      expect(calls.every(({ id }) => /^[a-zA-Z0-9]{9}$/.test(id))).toBe(true);
      expect(results.map(([id]) => id)).toEqual(calls.map(({ id }) => id));
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    },
  );

  it('wire trap 11: a forced call is not sent together with thinking, which Anthropic refuses', async () => {
    const scene = await meet('openai-chat', 'anthropic', { model: 'claude-sonnet-4-5' });
    const { sent } = scene.ask({
      ...tools('openai-chat', 'weather'),
      tool_choice: 'required',
      reasoning_effort: 'high',
    });
    expect([sent['thinking'] === undefined, at(sent, 'tool_choice', 'type')]).not.toEqual([false, 'any']);
  });
});

describe('the tools of Codex', () => {
  const TOOLS = {
    tools: [
      { type: 'function', name: 'exec_command', parameters: { type: 'object', properties: {} }, strict: false },
      {
        type: 'namespace',
        name: 'multi_agent_v1',
        description: 'Agents.',
        tools: [{ type: 'function', name: 'spawn', parameters: { type: 'object', properties: {} } }],
      },
      { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
      { type: 'web_search', external_web_access: false },
    ],
  };

  it('wire trap 12: pass untouched where the upstream speaks Responses', async () => {
    const scene = await meet('openai-responses', 'openai-responses');
    expect(scene.ask(TOOLS).sent['tools']).toEqual(TOOLS.tools);
  });

  it.each(['openai-chat', 'anthropic-messages'] as const)(
    'wire trap 12: a namespaced tool is flattened for %s and its call comes back in its namespace',
    async (upstream) => {
      const model = modelOf(upstream);
      const scene = await meet('openai-responses', plainProvider(upstream));
      const asked = scene.ask({ ...TOOLS, stream: true });
      const flat = model.read(asked.sent).tools.find((name) => name.includes('spawn'))!;
      expect(flat).toMatch(/^[\w-]{1,64}$/);
      const events = asked.stream(...model.stream({ calls: [{ id: 'call_a', name: flat, pieces: [] }] }));
      const done = events.find(({ event: name }) => name === 'response.output_item.done')!;
      expect(done.data['item']).toMatchObject({
        type: 'function_call',
        name: 'spawn',
        namespace: 'multi_agent_v1',
        call_id: 'call_a',
      });
    },
  );

  it.each(['openai-chat', 'anthropic-messages'] as const)(
    'wire trap 12: hosted tools that %s has not are named as lost',
    async (upstream) => {
      const scene = await meet('openai-responses', plainProvider(upstream));
      const asked = scene.ask(TOOLS);
      asked.answer(modelOf(upstream).whole({ text: ['x'] }));
      expect(asked.lost).toContain('tools[3]');
      expect(asked.reply.headers['x-thalweg-lossy']).toContain('tools[3]');
    },
  );
});

describe('what Gemini says through a chat endpoint', () => {
  const call = {
    index: 0,
    id: 'call_a',
    type: 'function',
    function: { name: 'weather', arguments: '{"city":"Basel"}' },
  };
  const others = ['openai-responses', 'anthropic-messages'] as const;
  /** What a client is told of the end. */
  const endOf = (client: Language, events: readonly Heard[]): unknown =>
    client === 'openai-responses'
      ? at(events.at(-1)!.data, 'response', 'status')
      : events
          .map(({ data }) => at<Fields | undefined>(data, 'delta')?.['stop_reason'])
          .findLast((stop) => stop != null);

  it.each(others)('wire trap 13: a call and stop in different chunks are a call for %s', async (client) => {
    const scene = await meet(client, 'openai-compatible');
    const events = scene.ask({ stream: true }).stream(delta({ tool_calls: [call] }), delta({}, 'stop'), DONE);
    expect(callsIn(client, events)).toEqual(MADE.slice(0, 1));
    expect(endOf(client, events)).toBe(client === 'openai-responses' ? 'completed' : 'tool_use');
  });

  it.each(others)('wire trap 14: an end in error is no empty success for %s', async (client) => {
    for (const word of ['error', 'MALFORMED_FUNCTION_CALL', 'malformed_function_call']) {
      const asked = (await meet(client, 'openai-compatible')).ask({ stream: true });
      const events = asked.stream(delta({ role: 'assistant', content: 'So ' }), delta({}, word), DONE);
      expect(['failed', undefined]).toContain(endOf(client, events));
      expect(asked.reply.text).toMatch(/event: (error|response\.failed)/);
    }
  });

  it.each(['openai-chat', ...others] as const)(
    'wire trap 45: an answer without choices is an error for %s, no crash and no success',
    async (client) => {
      const scene = await meet(client, 'openai-compatible');
      const whole = scene.ask({});
      whole.answer({ id: 'x', object: 'chat.completion', model: 'some-model', choices: [] });
      const streamed = scene.ask({ stream: true });
      streamed.stream(DONE);
      expect([whole.reply.status, streamed.reply.status]).toEqual([502, 502]);
    },
  );
});

describe('schemas', () => {
  it.each([
    ['openai-chat', 'anthropic', 'anthropic-messages', 'input_schema'],
    ['anthropic-messages', 'openai-responses', 'openai-responses', 'parameters'],
  ] as const)('wire trap 15: of %s tools lose what %s refuses, by name', async (client, provider, upstream, key) => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, anyOf: [{ required: ['a'] }] };
    const declared =
      client === 'openai-chat'
        ? { type: 'function', function: { name: 'f', parameters: schema } }
        : { name: 'f', input_schema: schema };
    const asked = (await meet(client, provider)).ask({ tools: [declared] });
    expect(at(asked.sent, 'tools', 0, key)).toEqual({ type: 'object', properties: schema.properties });
    asked.answer(modelOf(upstream).whole({ text: ['x'] }));
    expect(asked.lost.join()).toContain('tools[0]');
  });
});
