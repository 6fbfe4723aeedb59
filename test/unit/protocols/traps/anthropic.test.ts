/** What peers are known to do wrong between Anthropic's clients, Anthropic and everybody else, one test for each trap by its number in our list of them. */
import { describe, expect, it } from 'vitest';
import { at, meet, modelOf, type Fields } from './scene.ts';

const BILLING = {
  type: 'text',
  text: 'x-anthropic-billing-header: cc_version=2.1.330.1a2; cc_entrypoint=sdk-cli; cch=00000;',
};
const BRIEF = { type: 'text', text: 'Be brief.' };
const OTHERS = ['openai-compatible', 'openai-responses', 'anthropic-compatible'] as const;
const USER = { role: 'user', content: 'Weather?' };

describe('Claude Code', () => {
  const MESSAGES = [USER, { role: 'assistant', content: 'Rain.' }, USER, { role: 'system', content: 'Use the tools.' }];

  it.each(['openai-compatible', 'openai-responses'] as const)(
    'wire trap 39: may speak as system inside the conversation with %s',
    async (provider) => {
      const language = provider === 'openai-responses' ? 'openai-responses' : 'openai-chat';
      const asked = (await meet('anthropic-messages', provider)).ask({ messages: MESSAGES });
      expect(modelOf(language).read(asked.sent).instructions).toContain('Use the tools.');
    },
  );

  it('wire trap 39: is heard by models of Anthropic that know no system inside, too', async () => {
    const scene = await meet('openai-chat', 'anthropic', { model: 'claude-sonnet-4-5' });
    const { sent } = scene.ask({ messages: MESSAGES });
    expect(modelOf('anthropic-messages').read(sent).instructions).toContain('Use the tools.');
    expect((sent['messages'] as Fields[]).map(({ role }) => role)).not.toContain('system');
  });

  it.each(OTHERS)('wire trap 40: sends no billing line to %s, where it spoils every prefix cache', async (provider) => {
    const asked = (await meet('anthropic-messages', provider)).ask({ system: [BILLING, BRIEF] });
    expect(JSON.stringify(asked.sent)).not.toContain('billing');
    expect(JSON.stringify(asked.sent)).toContain('Be brief.');
  });

  it('wire trap 40: sends it to Anthropic, byte for byte', async () => {
    const asked = (await meet('anthropic-messages', 'anthropic')).ask({ system: [BILLING, BRIEF] });
    expect(asked.sent['system']).toEqual([BILLING, BRIEF]);
  });

  it.each([
    ['anthropic', 'claude-code-20250219,interleaved-thinking-2025-05-14'],
    ['anthropic-compatible', undefined],
    ['openai-compatible', undefined],
    ['openai-responses', undefined],
  ] as const)('wire trap 41: is heard with its betas by %s as that knows them', async (provider, betas) => {
    const asked = (await meet('anthropic-messages', provider)).ask(
      {},
      { 'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14', 'anthropic-version': '2023-06-01' },
    );
    expect(asked.sentHeaders.get('anthropic-beta')).toBe(betas);
    expect(asked.sentHeaders.has('anthropic-version')).toBe(provider.startsWith('anthropic'));
  });
});

describe('marks of the cache', () => {
  const marked = (more: Fields = {}): Fields => ({
    system: [{ ...BRIEF, cache_control: { type: 'ephemeral', ttl: '1h' } }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] }],
    ...more,
  });

  it('wire trap 42: reach Anthropic, also those of the whole request', async () => {
    const body = marked({ cache_control: { type: 'ephemeral' } });
    expect((await meet('anthropic-messages', 'anthropic')).ask(body).sent).toMatchObject(body);
  });

  it.each(['openai-compatible', 'openai-responses'] as const)(
    'wire trap 42: are not forwarded to %s, and named as lost',
    async (provider) => {
      const asked = (await meet('anthropic-messages', provider)).ask(marked({ cache_control: { type: 'ephemeral' } }));
      expect(JSON.stringify(asked.sent)).not.toContain('cache_control');
      asked.answer(modelOf(provider === 'openai-responses' ? provider : 'openai-chat').whole({ text: ['x'] }));
      expect(asked.reply.headers['x-thalweg-lossy']).toContain('cache_control');
    },
  );
});

describe('parameters', () => {
  it.each([
    ['claude-opus-4-8', []],
    ['claude-sonnet-5', []],
    ['claude-sonnet-4-5', ['temperature']],
    ['claude-3-5-haiku-latest', ['temperature', 'top_p']],
  ] as const)('wire trap 43: of sampling go to %s only as far as it takes them', async (model, kept) => {
    const { sent } = (await meet('openai-chat', 'anthropic', { model })).ask({ temperature: 0.5, top_p: 0.9 });
    expect(['temperature', 'top_p'].filter((key) => key in sent)).toEqual(kept);
  });

  it('wire trap 43: of sampling do not go with the version that refuses them', async () => {
    const scene = await meet('openai-responses', 'anthropic', { model: 'some-model' });
    const { sent, sentHeaders } = scene.ask({ temperature: 1 });
    expect([sentHeaders.get('anthropic-version'), sent['temperature']]).toEqual(['2023-06-01', 1]);
  });

  it('wire notes, side by side: max_tokens is always sent to Anthropic', async () => {
    for (const client of ['openai-chat', 'openai-responses'] as const)
      expect(
        (await meet(client, 'anthropic', { model: 'claude-sonnet-4-5' })).ask({}).sent['max_tokens'],
      ).toBeGreaterThan(0);
  });

  it.each([
    ['openai-chat', 'openai-compatible'],
    ['openai-chat', 'openai-responses'],
    ['openai-responses', 'openai-responses'],
    ['openai-responses', 'openai-compatible'],
  ] as const)('wire trap 46: the prompt_cache_key of a %s client goes to %s as it is', async (client, provider) => {
    const scene = await meet(client, provider);
    expect(scene.ask({ prompt_cache_key: 'mine' }).sent['prompt_cache_key']).toBe('mine');
    expect(scene.ask({}).sent).not.toHaveProperty('prompt_cache_key');
  });

  it('wire notes, side by side: the developer role never reaches Anthropic', async () => {
    const { sent } = (await meet('openai-chat', 'anthropic')).ask({
      messages: [{ role: 'developer', content: 'Be brief.' }, USER],
    });
    expect([at(sent, 'system'), JSON.stringify(sent).includes('developer')]).toEqual(['Be brief.', false]);
  });
});
