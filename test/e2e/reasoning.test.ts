/** Reasoning over real sockets: a chat client of two vendors, its next turn, and what it loses at a stranger. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { startGateway, type RealGateway } from './real-gateway.ts';

const SIGNATURE = 'EqQBCgIYAhIkZjE4';
const USER = { role: 'user', content: 'Hello' };

interface Upstream {
  readonly server: Server;
  readonly bodies: string[];
  status: number;
}

/** Answers every request with one body, or with a status of failure. */
async function upstream(answer: object): Promise<Upstream> {
  const bodies: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      bodies.push(text);
      response.writeHead(one.status, { 'content-type': 'application/json' });
      response.end(one.status === 200 ? JSON.stringify(answer) : '{"error":{"message":"no"}}');
    });
  });
  const one: Upstream = { server, bodies, status: 200 };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return one;
}

const portOf = ({ server }: Upstream): number => (server.address() as AddressInfo).port;

describe('a chat client of Anthropic and another vendor', () => {
  let claude: Upstream;
  let other: Upstream;
  let gateway: RealGateway;

  beforeAll(async () => {
    claude = await upstream({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: SIGNATURE },
        { type: 'text', text: 'Hi.' },
      ],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 1 },
    });
    other = await upstream({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'x',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
    });
    gateway = await startGateway(
      wholeConfig({
        backends: {
          other: backendAt(`http://127.0.0.1:${portOf(other)}/v1`, { provider: 'vllm', model: 'x' }),
          claude: backendAt(`http://127.0.0.1:${portOf(claude)}/v1`, {
            provider: 'anthropic',
            model: 'claude-sonnet-4-5',
          }),
        },
        models: {
          '*': { backends: ['other', 'claude'].map((id) => ({ id, weight: 1 })), pick: 'ordered', answer: 'asked' },
          claude: { backends: [{ id: 'claude', weight: 1 }], pick: 'ordered', answer: 'asked' },
        },
      }),
    );
  });

  afterAll(async () => {
    await gateway.stop(100);
    for (const { server } of [claude, other]) server.close();
  });

  const ask = async (model: string, messages: readonly object[]): Promise<Response> =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages }),
    });

  it('goes back to who sealed its reasoning, and loses the seal by name where that one fails', async () => {
    const first = await ask('claude', [USER]);
    const { choices } = (await first.json()) as { choices: [{ message: Record<string, unknown> }] };
    const turn = choices[0].message;
    expect(turn['reasoning_details']).toMatchObject([{ type: 'reasoning.text', text: 'Hm' }]);

    const second = await ask('anything', [USER, turn, USER]);
    expect(second.headers.get('x-thalweg-backend')).toBe('claude');
    expect(JSON.parse(claude.bodies.at(-1)!)).toMatchObject({
      messages: [
        USER,
        { content: [{ type: 'thinking', thinking: 'Hm', signature: SIGNATURE }, { type: 'text' }] },
        USER,
      ],
    });

    claude.status = 503;
    const third = await ask('anything', [USER, turn, USER]);
    expect(third.headers.get('x-thalweg-backend')).toBe('other');
    expect(third.headers.get('x-thalweg-lossy')).toContain('messages[1].reasoning.signature');
    expect(other.bodies.at(-1)).not.toContain(SIGNATURE);
    expect(other.bodies.at(-1)).not.toContain('reasoning_details');
  });
});
