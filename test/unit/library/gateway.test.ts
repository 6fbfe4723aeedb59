/** The library face: one fetch function, used by an SDK, by a server and by hand. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, ConfigFileError, createGateway, type FetchGateway } from '../../../src/index.ts';
import { makeFolder } from '../../support/folder.ts';
import { hasHandbook } from '../../support/handbook.ts';
import { FAILING, SMALLEST } from '../cli/configurations.ts';

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
};

let upstream: Server;
let text: string;
const open: FetchGateway[] = [];

beforeEach(async () => {
  upstream = createServer((incoming, outgoing) => {
    incoming.resume();
    incoming.on('end', () => {
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(JSON.stringify(ANSWER));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  text = SMALLEST.replace(':9/', `:${(upstream.address() as AddressInfo).port}/`);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()));
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

function gatewayOf(...args: Parameters<typeof createGateway>): FetchGateway {
  const gateway = createGateway(...args);
  open.push(gateway);
  return gateway;
}

const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] });
const POST = { method: 'POST', headers: { 'content-type': 'application/json' }, body: BODY };

describe('createGateway', () => {
  it('is the fetch of an SDK', async () => {
    const { fetch } = gatewayOf(text);
    const client = new OpenAI({ apiKey: 'none', baseURL: 'http://thalweg/v1', fetch });
    const answer = await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] });
    expect(answer.choices[0]?.message.content).toBe('Hi.');
  });

  it('is mounted in an app that is already there', async () => {
    const { fetch } = gatewayOf(text);
    const app = new Hono();
    app.get('/', (c) => c.text('my own'));
    app.all('/v1/*', (c) => fetch(c.req.raw, c.env));
    expect(await (await app.request('/')).text()).toBe('my own');
    const response = await app.request('/v1/chat/completions', POST, { a: 'binding' });
    expect(response.headers.get('x-thalweg-backend')).toBe('up');
    expect(await response.json()).toEqual(ANSWER);
  });

  it('takes an object, a file, and a Request with an init', async () => {
    const { port } = upstream.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/v1`;
    const fromObject = gatewayOf(
      {
        backends: { up: { provider: 'openai-compatible', url, model: '*', key: '${UP_KEY}' } },
        models: { '*': { backends: ['up'] } },
      },
      { env: { UP_KEY: 'sk-1' } },
    );
    const request = new Request('http://any/v1/chat/completions', { method: 'POST' });
    expect((await fromObject.fetch(request, POST)).status).toBe(200);
    const folder = makeFolder({ 'thalweg.yaml': text });
    const fromFile = gatewayOf({ file: `${folder}/thalweg.yaml` });
    expect((await fromFile.fetch(new URL('http://any/v1/chat/completions'), POST)).status).toBe(200);
  });

  it('keeps operations apart, and logs only where it is told to', async () => {
    const lines: string[] = [];
    const gateway = gatewayOf(text, { log: (chunk) => lines.push(chunk) });
    expect((await gateway.fetch('http://any/metrics')).status).toBe(404);
    await gateway.fetch('http://any/v1/chat/completions', POST);
    const metrics = await (await gateway.admin.fetch(new Request('http://any/metrics'))).text();
    expect(metrics).toContain('thalweg_');
    await expect.poll(() => lines.join('')).toContain('"outcome":"ok"');
  });

  it.skipIf(!hasHandbook)('computes the embedded model itself', async () => {
    const gateway = gatewayOf({
      backends: { here: { provider: 'embedded', model: 'handbook' } },
      models: { small: { backends: ['here'] } },
    });
    const client = new OpenAI({ apiKey: 'unused', baseURL: 'http://any/v1', fetch: gateway.fetch });
    const messages = [{ role: 'user', content: 'What is Thalweg?' } as const];
    const answer = await client.chat.completions.create({ model: 'small', messages });
    expect(answer.choices[0]?.message.content).toMatch(/^Thalweg is/);
    const tools = [{ type: 'function', function: { name: 'f' } } as const];
    const refused = client.chat.completions.create({ model: 'small', messages, tools });
    await expect(refused).rejects.toMatchObject({ status: 400 });
  });

  it('answers no more once it is closed', async () => {
    const gateway = gatewayOf(text);
    expect((await gateway.admin.fetch(new Request('http://any/readyz'))).status).toBe(200);
    await gateway.close();
    const response = await gateway.fetch('http://any/v1/chat/completions', POST);
    expect(response.status).toBe(503);
    expect(response.headers.get('x-thalweg-code')).toBe('gateway-shutdown');
    expect((await gateway.admin.fetch(new Request('http://any/readyz'))).status).toBe(503);
  });

  it('throws everything that is wrong, with places', () => {
    expect(() => createGateway('modles: {}\n')).toThrow(ConfigError);
    expect(() => createGateway('modles: {}\n')).toThrow(
      /configuration:1:1 error unknown key "modles"[\s\S]*did you mean "models"/,
    );
    expect(() => createGateway(FAILING)).toThrow(/the test "stays" does not hold/);
    expect(() => createGateway({ file: '/nowhere/thalweg.yaml' })).toThrow(ConfigFileError);
    expect(() => createGateway({})).toThrow(ConfigError);
  });
});
