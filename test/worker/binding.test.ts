/** A private binding in workerd itself: a backend in the perimeter is served by the worker that is bound, and by nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json } from '../faults/answers.ts';
import { startUpstream, type Upstream } from '../faults/upstream.ts';
import { startWorker, type RealWorker } from './real-worker.ts';

/** Answers in the OpenAI form with the address that it was asked by; as a stream where one is wanted. */
const CORP = `export default {
  async fetch(request) {
    const { stream } = await request.json();
    const base = { id: 'c', created: 1, model: 'inside' };
    const content = request.method + ' ' + request.url;
    if (!stream) {
      const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
      return Response.json({ ...base, object: 'chat.completion', choices });
    }
    const chunk = (delta, finish_reason = null) =>
      'data: ' + JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] }) + '\\n\\n';
    const text = chunk({ role: 'assistant' }) + content.split(' ').map((word) => chunk({ content: word })).join('') + chunk({}, 'stop') + 'data: [DONE]\\n\\n';
    return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  },
};
`;

let upstream: Upstream;
let worker: RealWorker;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.answer(
    json({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'outside',
      choices: [{ index: 0, message: { role: 'assistant', content: 'outside' }, finish_reason: 'stop' }],
    }),
  );
  worker = await startWorker(
    JSON.stringify({
      gateway: { open: true },
      backends: {
        // the very address of the upstream: over the network it would answer
        inside: {
          provider: 'openai-compatible',
          url: `${upstream.origin}/v1`,
          model: 'inside',
          binding: 'CORP',
          facts: { network: 'perimeter' },
        },
        outside: { provider: 'openai-compatible', url: `${upstream.origin}/v1`, model: 'outside' },
      },
      models: { any: { backends: ['outside', 'inside'] } },
      constraints: [{ id: 'stay', when: '!("x-free" in request.headers)', require: { network: 'perimeter' } }],
    }),
    { CORP },
  );
}, 60_000);

afterAll(async () => {
  await worker?.stop();
  await upstream?.close();
});

async function ask(more: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${worker.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'any', messages: [{ role: 'user', content: 'Hi' }], ...more }),
  });
}

describe('a perimeter behind a binding', () => {
  it('is served by the worker that is bound, while the network hears nothing', async () => {
    const answer = await ask();
    expect([answer.status, answer.headers.get('x-thalweg-backend')]).toEqual([200, 'inside']);
    expect(await answer.json()).toMatchObject({
      choices: [{ message: { content: `POST ${upstream.origin}/v1/chat/completions` } }],
    });
    const stream = await ask({ stream: true });
    expect([stream.status, stream.headers.get('x-thalweg-backend')]).toEqual([200, 'inside']);
    const text = await stream.text();
    expect(text).toContain('"content":"POST"');
    expect(text).toMatch(/data: \[DONE\]\s*$/);
    expect(upstream.received).toHaveLength(0);
  });

  it('does not keep others from the network', async () => {
    const answer = await ask({}, { 'x-free': '1' });
    expect([answer.status, answer.headers.get('x-thalweg-backend')]).toEqual([200, 'outside']);
    expect(upstream.received).toHaveLength(1);
  });
});
