/** The embedded model as an upstream: what it says is what an OpenAI-compatible server says. */
import OpenAI, { BadRequestError } from 'openai';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/artifact/byte-source.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import { EgressPermit } from '../../../src/core/egress.ts';
import type { ChatEvent } from '../../../src/core/events.ts';
import { foldEvents } from '../../../src/core/fold.ts';
import { NO_HEADERS } from '../../../src/core/headers.ts';
import { type Frame, plainDialect, TapMark } from '../../../src/core/protocol.ts';
import type { Transport, UpstreamRequest } from '../../../src/core/transport.ts';
import { createInlineEngine } from '../../../src/embedded/inline-engine.ts';
import { createEmbeddedTransport, parseEmbeddedUrl } from '../../../src/embedded/transport.ts';
import { openaiChat } from '../../../src/protocols/openai-chat/index.ts';
import { createSseDecoder } from '../../../src/wire/sse.ts';
import { LIMITS, observe, type Seen } from '../../conformance/exchange-probe.ts';
import { TINY, writeRandomModel } from '../../models/random-qwen2.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const MODEL = bytesSource(writeRandomModel({ ...TINY, seed: 5 }));
const ORIGIN = 'embedded:handbook';
const QUESTION = { model: 'handbook', messages: [{ role: 'user', content: 'Hello?' }], max_tokens: 6 };

function house(queueRoom = 16, yieldTo: (resume: () => void) => void = setImmediate) {
  const clock = createManualClock();
  const engine = createInlineEngine({ model: MODEL, yieldTo, queueRoom });
  const transport = createEmbeddedTransport({ engines: { handbook: engine }, clock, random: seededRandom(1) });
  return { clock, transport };
}

function requestOf(body: unknown, change: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    url: `${ORIGIN}/v1/chat/completions`,
    method: 'POST',
    headers: ['content-type', 'application/json'],
    body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    limits: LIMITS,
    permit: EgressPermit.mint('policy', ORIGIN, 'attempt', 'decision'),
    ...change,
  };
}

const ask = (body: unknown, transport = house().transport): Promise<Seen> => observe(transport, requestOf(body)).over;
const framesOf = (text: string): string[] => text.split('\n\n').map((frame) => frame.replace(/^data: /, ''));

/** A `fetch` that goes through the transport, for the vendor's own client. */
const fetchThrough =
  (transport: Transport) =>
  async (target: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = String(target).replace('http://gateway', ORIGIN);
    const method = init?.method?.toUpperCase() === 'GET' ? 'GET' : 'POST';
    const seen = await observe(transport, requestOf(String(init?.body), { url, method })).over;
    const headers = new Headers();
    seen.headers?.forEach((name, value) => headers.set(name, value));
    return new Response(seen.text, { status: seen.status ?? 500, headers });
  };
const client = (): OpenAI =>
  new OpenAI({ apiKey: 'none', baseURL: 'http://gateway/v1', maxRetries: 0, fetch: fetchThrough(house().transport) });

describe('embedded transport', () => {
  it('answers whole', async () => {
    const seen = await ask(QUESTION);
    expect(seen.calls).toEqual(['head', 'data', 'end']);
    expect([seen.status, seen.headers?.get('content-type')]).toEqual([200, 'application/json']);
    expect(seen.headers?.get('content-length')).toBe(String(new TextEncoder().encode(seen.text).length));
    expect(JSON.parse(seen.text)).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9a-z]{24}$/),
      object: 'chat.completion',
      created: Date.UTC(2026, 10, 23) / 1000,
      model: 'handbook',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.any(String), refusal: null },
          logprobs: null,
          finish_reason: 'length',
        },
      ],
      usage: { prompt_tokens: 25, completion_tokens: 6, total_tokens: 31 },
    });
  });

  it('answers in chunks that add up to the whole', async () => {
    const whole = JSON.parse((await ask({ ...QUESTION, max_tokens: 40 })).text);
    const seen = await ask({ ...QUESTION, max_tokens: 40, stream: true, stream_options: { include_usage: true } });
    expect(seen.headers?.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const frames = framesOf(seen.text);
    expect(frames.slice(-2)).toEqual(['[DONE]', '']);
    const chunks = frames.slice(0, -2).map((frame) => JSON.parse(frame));
    const [first, ...rest] = chunks;
    expect(first.choices[0].delta).toEqual({ role: 'assistant', content: '', refusal: null });
    const usage = rest.pop();
    const last = rest.pop();
    expect(usage).toMatchObject({ choices: [], usage: whole.usage });
    expect(last.choices[0]).toEqual({ index: 0, delta: {}, logprobs: null, finish_reason: 'length' });
    expect([first, ...rest, last].every((chunk) => chunk.usage === null)).toBe(true);
    expect(rest.map((chunk) => chunk.choices[0].delta.content).join('')).toBe(whole.choices[0].message.content);
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  });

  it('leaves usage out of a stream that was not asked for it', async () => {
    const { text } = await ask({ ...QUESTION, stream: true });
    expect(text).not.toContain('usage');
  });

  it('is understood by the official client', async () => {
    const openai = client();
    const messages = [{ role: 'user' as const, content: 'Hello?' }];
    const whole = await openai.chat.completions.create({
      model: 'handbook',
      messages,
      logprobs: true,
      top_logprobs: 2,
      max_completion_tokens: 5,
    });
    expect(whole.choices[0]?.logprobs?.content).toHaveLength(5);
    expect(whole.choices[0]?.logprobs?.content?.[0]?.top_logprobs).toHaveLength(2);
    const stream = openai.chat.completions.stream({ model: 'handbook', messages, max_completion_tokens: 5 });
    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    const long = openai.chat.completions.create({
      model: 'handbook',
      messages: [{ role: 'user', content: 'x'.repeat(999) }],
    });
    await expect(long).rejects.toThrow(BadRequestError);
    await expect(long).rejects.toMatchObject({ code: 'context_length_exceeded', param: 'messages' });
  });

  it('is understood by our own codec: whole, streamed and refused', async () => {
    const from = { dialect: plainDialect('openai-chat'), names: new Map<string, string>() };
    const whole = openaiChat.readResponse(JSON.parse((await ask(QUESTION)).text), from);
    const tap = openaiChat.createTap(from);
    const reader = openaiChat.createEventReader(from);
    const frames: Frame[] = [];
    const events: ChatEvent[] = [];
    const decoder = createSseDecoder({ maxEventBytes: 100_000 });
    const streamed = await ask({ ...QUESTION, stream: true, stream_options: { include_usage: true } });
    for (const chunk of streamed.chunks) decoder.push(chunk, frames);
    const marks = frames.map((frame) => {
      reader.read(frame, events);
      return tap.inspect(frame);
    });
    reader.end(events);
    expect(foldEvents(events)).toMatchObject({
      complete: true,
      response: { choices: whole.choices, usage: whole.usage },
    });
    expect(marks.some((mark) => (mark & TapMark.error) !== 0)).toBe(false);
    expect([tap.finished, tap.usage?.outputTokens, whole.usage?.outputTokens]).toEqual([true, 6, 6]);
    const long = await ask({ messages: [{ role: 'user', content: 'x'.repeat(999) }] });
    const error = openaiChat.readError(long.status ?? 0, long.headers ?? NO_HEADERS, long.text);
    expect(error.code).toBe('context-length-exceeded');
    const { transport } = house(0);
    const [, full] = await Promise.all([ask(QUESTION, transport), ask(QUESTION, transport)]);
    const busy = openaiChat.readError(full?.status ?? 0, full?.headers ?? NO_HEADERS, full?.text ?? '');
    expect([busy.code, busy.retryAfterMs]).toEqual(['upstream-overloaded', 1000]);
  });

  it.each<[string, unknown, string | null]>([
    ['no JSON', '{"messages": [', null],
    ['no object', '[]', null],
    ['no messages', { model: 'm' }, 'messages'],
    ['empty messages', { messages: [] }, 'messages'],
    ['a message that is no object', { messages: ['hi'] }, 'messages[0]'],
    ['an unknown role', { messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
    ['no content', { messages: [{ role: 'user' }] }, 'messages[0].content'],
    ['an image', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages[0].content[0]'],
    ['tool calls', { messages: [{ role: 'assistant', tool_calls: [{}] }] }, 'messages[0].tool_calls'],
    ['tools', { ...QUESTION, tools: [{}] }, 'tools'],
    ['two choices', { ...QUESTION, n: 2 }, 'n'],
    ['JSON mode', { ...QUESTION, response_format: { type: 'json_object' } }, 'response_format'],
    ['a penalty', { ...QUESTION, frequency_penalty: 0.5 }, 'frequency_penalty'],
    ['a temperature that is text', { ...QUESTION, temperature: 'hot' }, 'temperature'],
    ['a temperature that is too high', { ...QUESTION, temperature: 2.1 }, 'temperature'],
    ['no tokens', { ...QUESTION, max_tokens: 0 }, 'max_tokens'],
    ['half a token', { ...QUESTION, max_tokens: 1.5 }, 'max_tokens'],
    ['an empty stop', { ...QUESTION, stop: [''] }, 'stop'],
    ['a stop that is no text', { ...QUESTION, stop: [1] }, 'stop'],
    ['top_logprobs alone', { ...QUESTION, top_logprobs: 2 }, 'top_logprobs'],
    ['too many top_logprobs', { ...QUESTION, logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
  ])('refuses %s with the field', async (_, body, param) => {
    const seen = await ask(body);
    expect(seen.calls).toEqual(['head', 'data', 'end']);
    expect(seen.status).toBe(400);
    expect(JSON.parse(seen.text)).toMatchObject({
      error: { type: 'invalid_request_error', param, message: expect.any(String) },
    });
  });

  it('reads values that ask for nothing, parts, developers and nulls', async () => {
    const seen = await ask({
      ...QUESTION,
      messages: [
        { role: 'developer', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hel' },
            { type: 'text', text: 'lo?' },
          ],
        },
        { role: 'assistant', content: null, tool_calls: [] },
        { role: 'user', content: 'Well?', name: 'ann' },
      ],
      tools: [],
      stop: null,
      seed: -4,
      top_k: -1,
      n: 1,
      presence_penalty: 0,
      response_format: { type: 'text' },
      user: 'someone',
    });
    expect(seen.status).toBe(200);
  });

  it('stops where it is told, in a stream too', async () => {
    const { choices } = JSON.parse((await ask({ ...QUESTION, max_tokens: 30 })).text);
    const content: string = choices[0].message.content;
    const stop = content.slice(8, 11);
    const { text } = await ask({ ...QUESTION, max_tokens: 30, stop, stream: true });
    const chunks = framesOf(text)
      .slice(0, -2)
      .map((frame) => JSON.parse(frame).choices[0]);
    expect(chunks.map(({ delta }) => delta.content ?? '').join('')).toBe(content.slice(0, content.indexOf(stop)));
    expect(chunks.at(-1).finish_reason).toBe('stop');
  });

  it('says 503 when its queue is full', async () => {
    const { transport } = house(1);
    const seen = [1, 2, 3].map(() => observe(transport, requestOf(QUESTION)).over);
    const [, , third] = await Promise.all(seen);
    expect([third?.status, third?.headers?.get('retry-after')]).toEqual([503, '1']);
    expect(JSON.parse(third?.text ?? '')).toMatchObject({ error: { code: 'overloaded', type: 'server_error' } });
  });

  it('lists its model and knows no other path', async () => {
    const { transport } = house();
    const models = await observe(transport, requestOf('', { url: `${ORIGIN}/v1/models`, method: 'GET' })).over;
    expect(JSON.parse(models.text).data).toMatchObject([{ id: 'handbook', object: 'model' }]);
    const other = await observe(transport, requestOf('', { url: `${ORIGIN}/v1/embeddings` })).over;
    expect(other.status).toBe(404);
    expect((await client().models.list()).data[0]?.id).toBe('handbook');
  });
});

describe('embedded transport: control', () => {
  it('opens nothing without a genuine permit for the very model', async () => {
    const { transport } = house();
    const wrong = [
      EgressPermit.mint('policy', 'embedded:other', 'attempt', 'd'),
      EgressPermit.mint('policy', 'embedded:', 'attempt', 'd'),
      { policy: 'policy', origin: ORIGIN, purpose: 'attempt', decision: 'd' } as unknown as EgressPermit,
    ];
    for (const permit of wrong) {
      const { calls, error } = await observe(transport, requestOf(QUESTION, { permit })).over;
      expect([calls, error?.code]).toEqual([['fail'], 'egress-denied']);
    }
  });

  it('knows its addresses', () => {
    expect(parseEmbeddedUrl('embedded:a/v1/chat/completions?x=1')).toEqual({
      origin: 'embedded:a',
      model: 'a',
      path: '/v1/chat/completions',
    });
    expect(parseEmbeddedUrl('embedded:a')).toMatchObject({ path: '/' });
    for (const url of ['https://a/v1', 'embedded:/v1', 'embedded://a/v1', 'embedded:A/v1'])
      expect(parseEmbeddedUrl(url)).toBe(null);
  });

  it('fails for a model that is not there', async () => {
    for (const name of ['ghost', 'constructor']) {
      const permit = EgressPermit.mint('policy', `embedded:${name}`, 'attempt', 'd');
      const request = requestOf(QUESTION, { url: `embedded:${name}/v1/chat/completions`, permit });
      expect((await observe(house().transport, request).over).error?.code).toBe('upstream-connect');
    }
  });

  it('holds everything while paused and goes on where it stopped', async () => {
    const { transport } = house();
    const whole = (await ask({ ...QUESTION, stream: true })).text;
    const seen = observe(transport, requestOf({ ...QUESTION, stream: true }));
    await seen.first('data');
    seen.control.pause();
    const before = seen.chunks.length;
    await ask(QUESTION, transport);
    expect(seen.chunks).toHaveLength(before);
    seen.control.resume();
    await seen.over;
    expect(framesOf(seen.text)).toHaveLength(framesOf(whole).length);
    expect(seen.calls).toEqual(['head', 'data', 'end']);
  });

  it('computes nothing and says nothing after an abort', async () => {
    let steps = 0;
    const { transport, clock } = house(16, (resume) => setImmediate(() => (steps++, resume())));
    const early = observe(transport, requestOf(QUESTION));
    early.control.abort('gone');
    const seen = observe(transport, requestOf({ ...QUESTION, max_tokens: 200, stream: true }));
    await seen.first('data');
    seen.control.abort('gone');
    seen.control.abort('again');
    const [chunks, stepsThen] = [seen.chunks.length, steps];
    await ask({ ...QUESTION, max_tokens: 1 }, transport);
    expect(seen.chunks).toHaveLength(chunks);
    expect(early.calls).toEqual([]);
    // The next answer alone: its prompt, its one token; and the last look of what was aborted.
    expect(steps - stepsThen).toBeLessThanOrEqual(4);
    expect(clock.waiting).toBe(0);
  });

  it('gives up when the answer does not begin in time, and frees the model', async () => {
    let held: (() => void)[] = [];
    const { transport, clock } = house(16, (resume) => void held.push(resume));
    const seen = observe(transport, requestOf(QUESTION));
    const limited = observe(transport, requestOf(QUESTION, { limits: { ...LIMITS, headersMs: 60_000 } }));
    await Promise.resolve();
    clock.advance(LIMITS.headersMs);
    expect((await seen.over).error).toMatchObject({ code: 'upstream-timeout', where: 'headers' });
    clock.advance(LIMITS.totalMs);
    expect((await limited.over).error).toMatchObject({ code: 'upstream-timeout', where: 'total' });
    while (held.length > 0) {
      const now = held;
      held = [];
      for (const resume of now) resume();
    }
    expect(seen.calls).toEqual(['fail']);
    expect(clock.waiting).toBe(0);
  });

  it('closing lets a running answer finish and opens nothing more', async () => {
    const { transport } = house();
    const running = observe(transport, requestOf(QUESTION));
    await Promise.resolve();
    const closed = transport.close();
    expect((await observe(transport, requestOf(QUESTION)).over).error?.code).toBe('gateway-shutdown');
    expect((await running.over).status).toBe(200);
    await closed;
  });

  it('breaks off like a lost connection when the model does', async () => {
    const engine = createInlineEngine({ model: MODEL, yieldTo: setImmediate });
    const transport = createEmbeddedTransport({
      engines: { handbook: engine },
      clock: createManualClock(),
      random: seededRandom(1),
    });
    const [whole, streamed] = [QUESTION, { ...QUESTION, stream: true, max_tokens: 100 }].map((body) =>
      observe(transport, requestOf(body)),
    );
    await Promise.resolve();
    await new Promise(setImmediate);
    await engine.close();
    expect((await whole!.over).error?.code).toBe('upstream-reset');
    expect((await streamed!.over).error?.code).toMatch(/upstream-(reset|disconnected)/);
  });
});
