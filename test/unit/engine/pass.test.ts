/** The byte path: what goes on untouched, what is spliced, and what is recorded. */
import { describe, expect, it } from 'vitest';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';
import { chat, chunk, completion, createRig, ending } from './rig.ts';

describe('a whole answer in the same language', () => {
  it('passes the bytes of request and answer untouched when the names agree', async () => {
    const rig = await createRig(wholeConfig());
    const body = ` {"model":"some-model", "messages":[{"role":"user","content":"h\\u00e9 1.0"}],"x_unknown":1e2}`;
    const { reply } = rig.ask(body);
    const upstream = rig.transport.last();
    expect(new TextDecoder().decode(upstream.request.body)).toBe(body);
    expect(upstream.request.url).toBe('http://up.test/v1/chat/completions');
    const answer = JSON.stringify(completion({ extra_field: { kept: true } }), null, 1);
    upstream.json(200, answer);
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(answer);
    expect(reply.ended).toBe(true);
    expect(reply.headers['content-length']).toBe(String(answer.length));
    const [record] = rig.exchanges();
    expect(record).toMatchObject({
      outcome: 'ok',
      status: 200,
      path: 'pass',
      splices: [],
      backend: 'up',
      model: 'some-model',
    });
    expect(record?.usage).toMatchObject({ inputTokens: 9, outputTokens: 2 });
    expect(record?.finish).toEqual({ unified: 'stop', raw: 'stop' });
  });

  it('splices the model name both ways when the alias stands for another name', async () => {
    const backends = { up: backendAt('http://up.test/v1', { model: 'vendor/real-name' }) };
    const models = { assistant: { backends: [{ id: 'up', weight: 1 }], pick: 'ordered', answer: 'asked' } } as const;
    const rig = await createRig(wholeConfig({ backends, models }));
    const { reply } = rig.ask(chat({ model: 'assistant' }));
    expect(rig.transport.last().body['model']).toBe('vendor/real-name');
    rig.transport.last().json(200, completion({ model: 'vendor/real-name-0125' }));
    expect(reply.json['model']).toBe('assistant');
    expect(rig.exchanges()[0]?.splices).toEqual(['request.model', 'answer.model']);
  });

  it('leaves the answer its own name where the alias says so', async () => {
    const backends = { up: backendAt('http://up.test/v1', { model: 'vendor/real-name' }) };
    const models = { assistant: { backends: [{ id: 'up', weight: 1 }], pick: 'ordered', answer: 'upstream' } } as const;
    const rig = await createRig(wholeConfig({ backends, models }));
    const { reply } = rig.ask(chat({ model: 'assistant' }));
    rig.transport.last().json(200, completion({ model: 'vendor/real-name' }));
    expect(reply.json['model']).toBe('vendor/real-name');
  });

  it('sends the credential of the backend and never the client key', async () => {
    const backends = { up: backendAt('http://up.test/v1', { key: 'sk-upstream' }) };
    const rig = await createRig(wholeConfig({ backends }));
    rig.ask(chat(), { key: 'client-key', headers: { authorization: 'Bearer client-key' } });
    const { headers } = rig.transport.last().request;
    expect(headers).toContain('Bearer sk-upstream');
    expect(headers.join(' ')).not.toContain('client-key');
  });
});

describe('a stream in the same language', () => {
  it('holds the prologue, commits at the first content, passes events and ends once', async () => {
    const rig = await createRig(wholeConfig());
    const { reply } = rig.ask(chat({ stream: true, stream_options: { include_usage: true } }));
    const upstream = rig.transport.last();
    upstream.stream();
    upstream.send(chunk({ role: 'assistant', content: '' }));
    expect(reply.status).toBe(null);
    upstream.send(chunk({ content: 'Hi' }));
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^text\/event-stream/);
    upstream.send(chunk({ content: '.' }) + ending());
    upstream.end();
    const sent =
      chunk({ role: 'assistant', content: '' }) + chunk({ content: 'Hi' }) + chunk({ content: '.' }) + ending();
    expect(reply.text).toBe(sent);
    expect(reply.ended).toBe(true);
    expect(rig.exchanges()).toHaveLength(1);
    expect(rig.exchanges()[0]).toMatchObject({ outcome: 'ok', splices: [], stream: true });
    expect(upstream.body['stream_options']).toEqual({ include_usage: true });
  });

  it('asks for usage by itself and hides the frame from a client that did not', async () => {
    const rig = await createRig(wholeConfig());
    const { reply } = rig.ask(chat({ stream: true }));
    const upstream = rig.transport.last();
    expect(upstream.body['stream_options']).toEqual({ include_usage: true });
    upstream.stream();
    upstream.send(chunk({ content: 'Hi' }) + ending());
    upstream.end();
    expect(reply.text).toBe(chunk({ content: 'Hi' }) + ending({ usage: false }));
    expect(rig.exchanges()[0]?.usage).toMatchObject({ inputTokens: 9, outputTokens: 2 });
    expect(rig.exchanges()[0]?.splices).toEqual(['request.stream_options']);
  });

  it('renames the model in every event and keeps the rest of the bytes', async () => {
    const backends = { up: backendAt('http://up.test/v1', { model: 'real' }) };
    const models = { alias: { backends: [{ id: 'up', weight: 1 }], pick: 'ordered', answer: 'asked' } } as const;
    const rig = await createRig(wholeConfig({ backends, models }));
    const { reply } = rig.ask(chat({ model: 'alias', stream: true, stream_options: { include_usage: true } }));
    rig.transport.last().stream();
    const events = chunk({ content: 'Hi' }, { model: 'real' }) + ending().replaceAll('some-model', 'real');
    rig.transport.last().send(events);
    expect(reply.text).toBe(events.replaceAll('"real"', '"alias"'));
  });

  it('gives the same bytes however the network cuts them', async () => {
    const whole = chunk({ role: 'assistant' }) + chunk({ content: 'Grüße 🌊' }) + ending();
    const bytes = new TextEncoder().encode(whole);
    for (let cut = 1; cut < bytes.length; cut += 7) {
      const rig = await createRig(wholeConfig());
      const { reply } = rig.ask(chat({ stream: true, stream_options: { include_usage: true } }));
      const { handler } = rig.transport.last();
      rig.transport.last().stream();
      handler.data(bytes.subarray(0, cut));
      handler.data(bytes.subarray(cut));
      expect(reply.text).toBe(whole);
      expect(reply.ended).toBe(true);
    }
  });

  it('stops reading while the client is slow', async () => {
    const rig = await createRig(wholeConfig());
    const { reply } = rig.ask(chat({ stream: true }));
    const upstream = rig.transport.last();
    upstream.stream();
    reply.accepting = false;
    upstream.send(chunk({ content: 'a' }));
    expect(upstream.paused).toBe(true);
    reply.accepting = true;
    reply.drain();
    expect(upstream.paused).toBe(false);
  });
});

describe('a vendor with habits of its own', () => {
  const at = (provider: string) => wholeConfig({ backends: { up: backendAt('http://up.test/v1', { provider }) } });

  it('renames a declared field in the bytes', async () => {
    const rig = await createRig(at('together'));
    rig.ask(chat({ max_completion_tokens: 5 }));
    expect(rig.transport.last().body).toMatchObject({ max_tokens: 5 });
    expect(rig.exchanges()).toEqual([]);
    rig.transport.last().json(200, completion());
    expect(rig.exchanges()[0]).toMatchObject({ path: 'pass', splices: ['request.max_completion_tokens'] });
  });

  it('translates when both spellings came, and sends one', async () => {
    const rig = await createRig(at('together'));
    rig.ask(chat({ max_completion_tokens: 5, max_tokens: 6 }));
    expect(Object.keys(rig.transport.last().body).filter((key) => key.startsWith('max_'))).toEqual(['max_tokens']);
  });

  it('translates and names the loss when a field is refused there', async () => {
    const rig = await createRig(at('cerebras'));
    const { reply } = rig.ask(chat({ logit_bias: { '50256': -100 } }));
    expect(rig.transport.last().body).not.toHaveProperty('logit_bias');
    rig.transport.last().json(200, completion());
    expect(reply.headers['x-thalweg-lossy']).toBe('logit_bias');
    expect(rig.exchanges()[0]).toMatchObject({ path: 'translate', losses: ['logit_bias'] });
  });

  it('refuses the loss where the policy says so', async () => {
    const base = at('cerebras');
    const rig = await createRig({ ...base, gateway: { ...base.gateway, lossy: 'refuse' } });
    const { reply } = rig.ask(chat({ logit_bias: { '50256': -100 } }));
    expect(rig.transport.opened).toHaveLength(0);
    expect([reply.status, reply.headers['x-thalweg-code']]).toEqual([400, 'translation-lossy']);
    expect(reply.text).toContain('logit_bias');
  });
});
