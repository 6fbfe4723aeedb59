/** What peers are known to do wrong with streams, one test for each trap by its number in our list of them. */
import { describe, expect, it } from 'vitest';
import {
  at,
  callsIn,
  chunk,
  delta,
  DONE,
  event,
  heard,
  meet,
  modelOf,
  PAIRS,
  plainProvider,
  type Fields,
  type Heard,
  type Language,
} from './scene.ts';

const CLIENTS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;

/** The words of a stream. */
function words(client: Language, events: readonly Heard[]): string {
  const word = {
    'openai-chat': (data: Fields) => at<string | undefined>(data, 'choices', 0, 'delta', 'content'),
    'openai-responses': (data: Fields) => (data['type'] === 'response.output_text.delta' ? String(data['delta']) : ''),
    'anthropic-messages': (data: Fields) => at<Fields | undefined>(data, 'delta')?.['text'],
  }[client];
  const speaks = ({ raw, data }: Heard): boolean =>
    raw !== '[DONE]' && (client !== 'openai-chat' || (data['choices'] as unknown[]).length > 0);
  return events
    .filter(speaks)
    .map(({ data }) => word(data) ?? '')
    .join('');
}

describe('bytes', () => {
  it.each(PAIRS)(
    'wire trap 34: characters that packets cut in two are whole for %s from %s',
    async (client, upstream) => {
      const text = 'Grüß 你好 👋🏽 ';
      const scene = await meet(client, plainProvider(upstream));
      const { reply } = scene.ask({ stream: true });
      const upstreamEnd = scene.rig.transport.last();
      upstreamEnd.stream();
      for (const byte of new TextEncoder().encode(
        modelOf(upstream)
          .stream({ text: [text, text] })
          .join(''),
      ))
        upstreamEnd.handler.data(Uint8Array.of(byte));
      expect(words(client, heard(reply.text))).toBe(text + text);
    },
  );

  it.each(CLIENTS)('wire section 2.5: comments and pings are no content and no error for %s', async (client) => {
    const scene = await meet(client, plainProvider(client));
    const frames = modelOf(client).stream({ text: ['Hi'] });
    const padded = frames.flatMap((frame) => [': OPENROUTER PROCESSING\n\n', frame]);
    const ping = client === 'anthropic-messages' ? [event('ping')] : [];
    const asked = scene.ask({ stream: true });
    asked.stream(': OPENROUTER PROCESSING\n\n');
    expect(asked.reply.status).toBe(502);
    const good = scene.ask({ stream: true });
    expect(words(client, good.stream(padded[0]!, padded[1]!, ...ping, ...padded.slice(2)))).toBe('Hi');
  });
});

describe('a chat stream', () => {
  it.each(['openai-compatible', 'anthropic-compatible', 'openai-responses'] as const)(
    'wire section 1.3: from %s says [DONE] exactly once, last',
    async (provider) => {
      const language = {
        'openai-compatible': 'openai-chat',
        'anthropic-compatible': 'anthropic-messages',
        'openai-responses': 'openai-responses',
      }[provider];
      const asked = (await meet('openai-chat', provider)).ask({ stream: true });
      // Some servers of the other languages borrow the marker; some of this one say it twice.
      const events = asked.stream(...modelOf(language).stream({ text: ['Hi'] }), DONE, DONE);
      expect(events.filter(({ raw }) => raw === '[DONE]')).toHaveLength(1);
      expect(events.at(-1)?.raw).toBe('[DONE]');
    },
  );

  it.each(['openai-responses', 'anthropic-messages'] as const)(
    'wire section 1.3: [DONE] of a chat upstream is not sent to %s',
    async (client) => {
      const asked = (await meet(client, 'openai-compatible')).ask({ stream: true });
      asked.stream(...modelOf('openai-chat').stream({ text: ['Hi'] }));
      expect(asked.reply.text).not.toContain('[DONE]');
    },
  );

  it.each(CLIENTS)(
    'wire trap 35: chunks of Azure without choices or delta are neither content nor crash for %s',
    async (client) => {
      const filters = chunk({
        choices: [],
        model: '',
        prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
      });
      const bare = chunk({
        choices: [{ index: 0, content_filter_results: {}, content_filter_offsets: {}, finish_reason: null }],
      });
      const scene = await meet(client, 'openai-compatible');
      const asked = scene.ask({ stream: true });
      scene.rig.transport.last().stream();
      scene.rig.transport.last().send(filters + bare);
      expect(asked.reply.status).toBe(null);
      scene.rig.transport.last().send(delta({ content: 'Hi' }) + bare + delta({}, 'stop') + DONE);
      expect(words(client, heard(asked.reply.text))).toBe('Hi');
    },
  );
});

describe('a stream of Responses', () => {
  it.each(['openai-chat', 'anthropic-messages'] as const)(
    'wire trap 36: from %s has its whole lifecycle, indices, numbers, statuses and output',
    async (upstream) => {
      const turn = {
        reasoning: ['Hm'],
        text: ['Hi'],
        calls: [
          { id: 'call_a', name: 'f', pieces: ['{}'] },
          { id: 'call_b', name: 'f', pieces: ['{}'] },
        ],
      };
      const asked = (await meet('openai-responses', plainProvider(upstream))).ask({ stream: true });
      const events = asked.stream(...modelOf(upstream).stream(turn));
      expect(events.map(({ data }) => data['sequence_number'])).toEqual(events.map((_, i) => i));
      expect(events.slice(0, 2).map(({ event: name }) => name)).toEqual(['response.created', 'response.in_progress']);
      const of = (name: string): Fields[] => events.filter((one) => one.event === name).map(({ data }) => data);
      const added = of('response.output_item.added');
      const done = of('response.output_item.done');
      expect(added.map((data) => data['output_index'])).toEqual(added.map((_, i) => i));
      expect(done.map((data) => at(data, 'item', 'id'))).toEqual(added.map((data) => at(data, 'item', 'id')));
      const inside = events.filter(({ event: name }) => /_text\.|_part\.|_arguments\./.test(name!));
      const items = new Set(added.map((data) => at<string>(data, 'item', 'id')));
      expect(inside.filter(({ data }) => !items.has(String(data['item_id'])))).toEqual([]);
      expect(of('response.content_part.added')).toHaveLength(of('response.content_part.done').length);
      expect(callsIn('openai-responses', events)).toHaveLength(2);
      const { response } = of('response.completed')[0] as { response: { status: string; output: Fields[] } };
      expect(response.output).toEqual(done.map((data) => data['item']));
      const statuses = response.output.filter(({ type }) => type !== 'reasoning').map(({ status }) => status);
      expect([response.status, ...statuses]).toEqual(Array(statuses.length + 1).fill('completed'));
    },
  );

  it('wire section 4: items do not overlap: Pi runs the first of two overlapping calls twice', async () => {
    const asked = (await meet('openai-responses', 'openai-compatible')).ask({ stream: true });
    const calls = ['call_a', 'call_b'].map((id) => ({ id, name: 'f', pieces: ['{}'] }));
    const items = asked
      .stream(...modelOf('openai-chat').stream({ calls }))
      .map(({ event: name }) => name!)
      .filter((name) => name.startsWith('response.output_item.'));
    expect(items).toEqual(['added', 'done', 'added', 'done'].map((name) => `response.output_item.${name}`));
  });
});

describe('a client that leaves', () => {
  it.each(PAIRS)('wire trap 38: %s takes its upstream that speaks %s along', async (client, upstream) => {
    const scene = await meet(client, plainProvider(upstream));
    const frames = modelOf(upstream).stream({ text: ['Hi', 'ho'] });
    const { call } = scene.rig.ask(
      { model: 'some-model', stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'x' }], input: 'x' },
      { surface: client },
    );
    scene.rig.transport.last().stream();
    scene.rig.transport.last().send(frames.slice(0, -3).join(''));
    call.leave();
    expect(scene.rig.transport.last().aborted).not.toBe(null);
    expect(scene.rig.exchanges()).toMatchObject([{ outcome: 'client-gone', status: 499 }]);
  });
});

describe('an answer', () => {
  it.each(PAIRS)(
    'wire section 4: names the model that %s asked for, whatever %s calls it',
    async (client, upstream) => {
      const model = modelOf(upstream);
      const scene = await meet(client, plainProvider(upstream), { model: 'other-model' });
      const whole = scene.ask({}).answer({ ...model.whole({ text: ['Hi'] }), model: 'other-model' });
      expect(whole['model']).toBe('some-model');
      const asked = scene.ask({ stream: true });
      asked.stream(...model.stream({ text: ['Hi'] }).map((frame) => frame.replaceAll('some-model', 'other-model')));
      expect(asked.reply.text).toContain('"some-model"');
      expect(asked.reply.text).not.toContain('other-model');
    },
  );
});
