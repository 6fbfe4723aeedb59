/** Over real sockets: a request for another gateway, wishes for backends, and what leaves of them. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WholeConfig } from '../../src/core/config.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { startGateway, type RealGateway } from './real-gateway.ts';

const ANSWER = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
});
const QUESTION = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };

describe('a gateway in the wrong country', () => {
  let upstream: Server;
  let received = '';
  let gateway: RealGateway;

  const config = (): WholeConfig => {
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
    const base = wholeConfig({
      backends: { near: backendAt(url), far: backendAt(url) },
      models: {
        '*': { backends: ['near', 'far'].map((id) => ({ id, weight: 1 })), pick: 'ordered', answer: 'asked' },
      },
      constraints: [
        { id: 'here', when: 'request.headers["x-home"] == "eu"', require: { 'gateway.countries': { subset: 'EEA' } } },
      ],
    });
    const regions = { eu: { countries: ['DE'], url: 'https://eu.gateway.test' } };
    return { ...base, gateway: { ...base.gateway, countries: ['US'], regions } };
  };
  const ask = (headers: Record<string, string>, more: object = {}): Promise<Response> =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-home': 'us', ...headers },
      body: JSON.stringify({ ...QUESTION, ...more }),
      redirect: 'manual',
    });

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      received = '';
      request.on('data', (chunk: Buffer) => (received += chunk.toString()));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(ANSWER);
      });
    });
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    gateway = await startGateway(config());
  });
  afterAll(async () => {
    await gateway.stop(100);
    upstream.closeAllConnections();
    upstream.close();
  });

  it('sends requests where they may be served', async () => {
    const reply = await ask({ 'x-home': 'eu' });
    expect([reply.status, reply.headers.get('x-thalweg-code'), reply.headers.get('location')]).toEqual([
      421,
      'wrong-gateway-region',
      'https://eu.gateway.test/v1/chat/completions',
    ]);
    expect(await reply.json()).toMatchObject({ error: { code: 'wrong-gateway-region' } });
  });

  it('explains the constraint with its scope', async () => {
    const reply = await fetch(`${gateway.url}/v1/explain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-home': 'eu' },
      body: JSON.stringify(QUESTION),
    });
    expect(await reply.json()).toMatchObject({
      constraints: [{ id: 'here', scope: 'gateway', active: true, blocked: 2 }],
      refusal: { code: 'wrong-gateway-region' },
    });
  });

  it('lets requests choose among what they may have', async () => {
    const reply = await ask({}, { provider: { order: ['far'] } });
    expect([reply.status, reply.headers.get('x-thalweg-backend')]).toEqual([200, 'far']);
    await reply.arrayBuffer();
    expect(JSON.parse(received)).toEqual(QUESTION);
    const none = await ask({ 'x-thalweg-backend': 'nowhere' });
    expect([none.status, none.headers.get('x-thalweg-code')]).toEqual([400, 'request-unsatisfiable']);
  });
});
