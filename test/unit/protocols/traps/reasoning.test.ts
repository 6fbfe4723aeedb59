/** What peers are known to do wrong with reasoning, one test for each trap by its number in our list of them. */
import { describe, expect, it } from 'vitest';
import { protocols } from '../../../../src/app.ts';
import type { WholeConfig } from '../../../../src/core/config.ts';
import type { ChatEvent } from '../../../../src/core/events.ts';
import { foldEvents } from '../../../../src/core/fold.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect, type Frame } from '../../../../src/core/protocol.ts';
import { backendAt, wholeConfig } from '../../../support/whole-config.ts';
import { at, delta, DONE, meet, modelOf, type Fields, type Language, type Scene } from './scene.ts';

const CLIENTS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;
const CALL = { id: 'call_a', name: 'weather', pieces: ['{"city":"Basel"}'] };
const USER = { role: 'user', content: 'Weather?' };

const THOUGHT = { reasoning: ['Hm'] };
/** The signature of everything that the scripted Anthropic thinks, and the sealed form of what the scripted OpenAI thinks. */
const SIGNATURE = at<string>(modelOf('anthropic-messages').whole(THOUGHT), 'content', 0, 'signature');
const SEALED = at<string>(modelOf('openai-responses').whole(THOUGHT), 'output', 0, 'encrypted_content');

/** Declares the tool of the call. */
const TOOLS: Readonly<Record<Language, Fields>> = {
  'openai-chat': { tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }] },
  'openai-responses': { tools: [{ type: 'function', name: 'weather', parameters: { type: 'object' } }] },
  'anthropic-messages': { max_tokens: 9000, tools: [{ name: 'weather', input_schema: { type: 'object' } }] },
};

/** How a client of each language asks for thinking. */
const THINKING: Readonly<Record<Language, Fields>> = {
  'openai-chat': { reasoning_effort: 'low' },
  'openai-responses': { reasoning: { effort: 'low' }, include: ['reasoning.encrypted_content'], store: false },
  'anthropic-messages': { thinking: { type: 'enabled', budget_tokens: 2000 } },
};

/** The next turn of a tool loop, as a client makes it out of an answer: everything goes back as it came. */
function nextTurn(client: Language, answer: Fields): Fields {
  if (client === 'openai-chat') {
    const message = at(answer, 'choices', 0, 'message');
    return { messages: [USER, message, { role: 'tool', tool_call_id: 'call_a', content: 'Rain.' }] };
  }
  if (client === 'openai-responses') {
    const output = answer['output'] as Fields[];
    return { input: [USER, ...output, { type: 'function_call_output', call_id: 'call_a', output: 'Rain.' }] };
  }
  const result = { type: 'tool_result', tool_use_id: 'call_a', content: 'Rain.' };
  const content = answer['content'];
  return { messages: [USER, { role: 'assistant', content }, { role: 'user', content: [result] }] };
}

/** Two turns of a tool loop with an upstream that thinks; returns what it is sent for the second. */
function loop(scene: Scene, client: Language, upstream: Language, reasoning: readonly string[]): Fields {
  const asks = { ...TOOLS[client], ...THINKING[client] };
  const answer = scene.ask(asks).answer(modelOf(upstream).whole({ reasoning, calls: [CALL] }));
  return scene.ask({ ...asks, ...nextTurn(client, answer) }).sent;
}

describe('signed thinking', () => {
  it.each(CLIENTS)('wire trap 16: comes back to Anthropic in the tool turn of %s', async (client) => {
    const scene = await meet(client, 'anthropic', { model: 'claude-sonnet-4-5' });
    const sent = loop(scene, client, 'anthropic-messages', ['Hm', 'm']);
    expect(at(sent, 'messages', 1, 'content', 0)).toEqual({ type: 'thinking', thinking: 'Hmm', signature: SIGNATURE });
    expect(at(sent, 'messages', 1, 'content', 1)).toMatchObject({ type: 'tool_use', id: 'call_a' });
  });

  it.each(CLIENTS)('wire trap 17: comes back with %s when it is nothing but a signature', async (client) => {
    const scene = await meet(client, 'anthropic', { model: 'claude-sonnet-4-5' });
    const sent = loop(scene, client, 'anthropic-messages', ['']);
    expect(at(sent, 'messages', 1, 'content', 0)).toEqual({ type: 'thinking', thinking: '', signature: SIGNATURE });
  });

  it.each(['openai-compatible', 'openai-responses'])(
    'wire trap 18: a signature of Anthropic never reaches %s',
    async (provider) => {
      const content = [
        { type: 'thinking', thinking: 'Hm', signature: SIGNATURE },
        { type: 'text', text: 'Hi' },
      ];
      const scene = await meet('anthropic-messages', provider);
      const asked = scene.ask({ messages: [USER, { role: 'assistant', content }, USER] });
      expect(JSON.stringify(asked.sent)).not.toContain(SIGNATURE);
    },
  );

  it('wire trap 18: thinking that nobody signed never reaches Anthropic as thinking', async () => {
    const scene = await meet('openai-chat', 'anthropic', { model: 'claude-sonnet-4-5' });
    const { sent } = scene.ask({
      messages: [USER, { role: 'assistant', content: 'Hi', reasoning_content: 'Hm' }, USER],
    });
    expect(JSON.stringify(sent)).not.toMatch(/"type":"thinking"/);
  });

  it('wire trap 18: what OpenAI sealed never reaches Anthropic', async () => {
    const openai = await meet('anthropic-messages', 'openai-responses');
    const answer = openai
      .ask(TOOLS['anthropic-messages'])
      .answer(modelOf('openai-responses').whole({ reasoning: ['Hm'], calls: [CALL] }));
    const anthropic = await meet('anthropic-messages', 'anthropic', { model: 'claude-sonnet-4-5' });
    const { sent } = anthropic.ask({ ...TOOLS['anthropic-messages'], ...nextTurn('anthropic-messages', answer) });
    expect(JSON.stringify(sent)).not.toContain(SEALED);
    expect(JSON.stringify(sent)).not.toMatch(/"type":"thinking"/);
  });
});

describe('fields of vendors', () => {
  it('wire trap 19: a thought signature in a call goes to a chat client and back as it is', async () => {
    const call = {
      id: 'call_a',
      type: 'function',
      function: { name: 'weather', arguments: '{}' },
      extra_content: { google: { thought_signature: 'dGhvdWdodA' } },
    };
    const scene = await meet('openai-chat', 'openai-compatible');
    const message = { role: 'assistant', content: null, tool_calls: [call] };
    const answer = scene
      .ask({})
      .answer({ id: 'x', model: 'some-model', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
    expect(at(answer, 'choices', 0, 'message', 'tool_calls', 0)).toEqual(call);
    expect(at(scene.ask(nextTurn('openai-chat', answer)).sent, 'messages', 1)).toEqual(message);
  });

  it.each(CLIENTS)('wire trap 20: DeepSeek gets its reasoning_content back in the tool turn of %s', async (client) => {
    const scene = await meet(client, 'deepseek', { model: 'deepseek-reasoner' });
    const sent = loop(scene, client, 'openai-chat', ['Hm', 'm']);
    expect(at(sent, 'messages', 1)).toMatchObject({
      role: 'assistant',
      reasoning_content: 'Hmm',
      tool_calls: [{ id: 'call_a' }],
    });
  });

  it.each(['reasoning', 'reasoning_content'])(
    'wire trap 21: %s of a chat upstream is reasoning for everybody',
    async (field) => {
      const frames = [delta({ role: 'assistant', [field]: 'Hm' }), delta({ content: 'Hi' }), delta({}, 'stop'), DONE];
      const messages = (await meet('anthropic-messages', 'openai-compatible')).ask({ stream: true }).stream(...frames);
      expect(messages.map(({ data }) => at<Fields | undefined>(data, 'delta')?.['thinking']).join('')).toBe('Hm');
      const responses = (await meet('openai-responses', 'openai-compatible')).ask({ stream: true }).stream(...frames);
      const item = responses.find(
        ({ event, data }) => event === 'response.output_item.done' && at(data, 'item')['type'] === 'reasoning',
      );
      expect(JSON.stringify(item?.data)).toContain('Hm');
    },
  );

  it.each(['reasoning', 'reasoning_content'])(
    'wire trap 21: vLLM gets what a chat client calls %s back as reasoning',
    async (field) => {
      const scene = await meet('openai-chat', 'vllm');
      const { sent } = scene.ask({ messages: [USER, { role: 'assistant', content: 'Hi', [field]: 'Hm' }, USER] });
      expect(at(sent, 'messages', 1)).toEqual({ role: 'assistant', content: 'Hi', reasoning: 'Hm' });
    },
  );
});

describe('sealed reasoning of an account', () => {
  const ACCOUNTS = {
    a: backendAt('http://a.test/v1', { provider: 'openai-responses', key: 'sk-a' }),
    b: backendAt('http://b.test/v1', { provider: 'openai-responses', key: 'sk-b' }),
  };
  const among = (...ids: readonly ('a' | 'b')[]): WholeConfig =>
    wholeConfig({
      backends: ACCOUNTS,
      models: { '*': { backends: ids.map((id) => ({ id, weight: 1 })), pick: 'ordered', answer: 'asked' } },
    });

  it.each(CLIENTS)(
    'wire trap 23: goes back to the account that sealed it, and never to another, for %s',
    async (client) => {
      const scene = await meet(client, 'openai-responses');
      await scene.rig.install(among('a', 'b'));
      const asks = { ...TOOLS[client], ...THINKING[client] };
      const answer = scene.ask(asks).answer(modelOf('openai-responses').whole({ reasoning: ['Hm'], calls: [CALL] }));
      // Now the other account is the first choice.
      await scene.rig.install(among('b', 'a'));
      const back = scene.ask({ ...asks, ...nextTurn(client, answer) });
      expect(scene.rig.transport.last().request.url).toBe('http://a.test/v1/responses');
      expect(JSON.stringify(back.sent)).toContain(SEALED);
      // And now it is the only one that works.
      scene.rig.transport.last().json(401, { error: { message: 'x' } });
      expect(scene.rig.transport.last().request.url).toBe('http://b.test/v1/responses');
      expect(JSON.stringify(back.sent)).not.toContain(SEALED);
    },
  );
});

describe('think tags of an R1 distill', () => {
  const PIECES = ['<th', 'ink>H', 'm</th', 'ink>', 'H', 'i'];

  it.each(
    CLIENTS.flatMap(
      (client) =>
        [
          { client, output: 'tags', pieces: PIECES },
          { client, output: 'primed', pieces: ['H', ...PIECES.slice(2)] },
        ] as const,
    ),
  )(
    'wire trap 22: split over chunks ($output) never reach the words that $client reads',
    ({ client, output, pieces }) => {
      const plain = plainDialect('openai-chat');
      const dialect = { ...plain, reasoning: { ...plain.reasoning, output } };
      const reader = protocols.get('openai-chat')!.createEventReader({ dialect, names: new Map() });
      const events: ChatEvent[] = [];
      for (const frame of [...pieces.map((content) => delta({ content })), delta({}, 'stop'), DONE])
        reader.read({ event: null, data: frame.slice('data: '.length, -2) }, events);
      const request = { operation: 'chat', model: 'm', messages: [], stream: true } as const;
      const writer = protocols.get(client)!.createEventWriter(request, createLossLog());
      const frames: Frame[] = [];
      for (const event of events) writer.write(event, frames);
      const said = frames.map(({ data }) => data).join('');
      expect(said).not.toMatch(/think>|<th/);
      expect(foldEvents(events).response.choices[0]?.parts).toMatchObject([
        { type: 'reasoning', text: 'Hm' },
        { type: 'text', text: 'Hi' },
      ]);
    },
  );
});
