/** The real worker in workerd: built by the command line, bundled by wrangler, asked over HTTP, with an upstream on the loopback. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestHarness, type TestHarness } from 'wrangler';
import { buildWorker } from '../../src/cli/build-worker.ts';
import { makeTerminal } from '../support/terminal.ts';

const KEY = 'sk-thalweg-edge-test';
const UPSTREAM_KEY = 'sk-upstream-in-env';
const HELLO = [{ role: 'user', content: 'Hello' }];

let folder: string;
let upstream: Server;
let harness: TestHarness;
let seen: { authorization: string | undefined; body: Record<string, unknown> }[] = [];

beforeAll(async () => {
  upstream = createServer((incoming, outgoing) => {
    let text = '';
    incoming.on('data', (chunk) => (text += String(chunk)));
    incoming.on('end', () => {
      const body = JSON.parse(text) as Record<string, unknown>;
      seen.push({ authorization: incoming.headers.authorization, body });
      if (body['stream'] === true) return streamTo(outgoing);
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(JSON.stringify(ANSWER));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  folder = mkdtempSync(join(tmpdir(), 'thalweg-edge-'));
  const terminal = makeTerminal({ cwd: folder });
  writeFileSync(join(folder, 'thalweg.yaml'), configuration(port));
  await buildWorker({ out: 'built' }, terminal);
  harness = createTestHarness({
    workers: [{ configPath: join(folder, 'built/wrangler.toml'), secrets: { UPSTREAM_KEY } }],
  });
  await harness.listen();
}, 60_000);

afterAll(async () => {
  await harness?.close();
  upstream?.closeAllConnections();
  upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the worker in workerd', () => {
  it('answers /healthz', async () => {
    const response = await harness.fetch('/healthz');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('lists the models that a key may use', async () => {
    const response = await harness.fetch('/v1/models', { headers: { authorization: `Bearer ${KEY}` } });
    expect(await response.json()).toMatchObject({ object: 'list', data: [{ id: 'fast' }] });
  });

  it('carries a chat answer, with the secret of its environment and not the key of the client', async () => {
    seen = [];
    const response = await chat({ model: 'fast', messages: HELLO });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-thalweg-backend')).toBe('up');
    expect(await response.json()).toEqual({ ...ANSWER, model: 'fast' });
    expect(seen).toEqual([
      {
        authorization: `Bearer ${UPSTREAM_KEY}`,
        body: { model: 'there', messages: HELLO },
      },
    ]);
    await expect.poll(() => logged().map(({ outcome }) => outcome)).toContain('ok');
  });

  it('streams a chat answer to its end', async () => {
    const response = await chat({ model: 'fast', stream: true, messages: HELLO });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const text = await response.text();
    const events = text.split('\n\n').filter((event) => event.startsWith('data: {'));
    const words = events.map((event) => (JSON.parse(event.slice(6)) as typeof CHUNK).choices[0]?.delta.content ?? '');
    expect(words.join('')).toBe('one two three ');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(events.every((event) => event.includes('"model":"fast"'))).toBe(true);
  });

  it('refuses without a key, and an unknown model with the nearest name', async () => {
    const open = await harness.fetch('/v1/models');
    expect(open.status).toBe(401);
    const unknown = await chat({ model: 'fats', messages: [] });
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('x-thalweg-code')).toBe('model-not-found');
    expect(await unknown.json()).toMatchObject({ error: { code: 'model_not_found', thalweg: { nearest: ['fast'] } } });
  });

  it('answers unknown paths in the shape that clients know', async () => {
    const response = await harness.fetch('/v1/nothing');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'not-found' } });
  });
});

function chat(body: object) {
  return harness.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The access log lines so far. */
function logged(): Record<string, unknown>[] {
  return harness
    .getLogs()
    .map(({ message }) => String(message))
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'there',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
};

const CHUNK = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'there',
  choices: [{ index: 0, delta: {} as { content?: string }, finish_reason: null as string | null }],
};

function streamTo(outgoing: ServerResponse): void {
  outgoing.setHeader('content-type', 'text/event-stream');
  const send = (delta: { content?: string }, finish: string | null): void => {
    const chunk = { ...CHUNK, choices: [{ index: 0, delta, finish_reason: finish }] };
    outgoing.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  for (const content of ['one ', 'two ', 'three ']) send({ content }, null);
  send({}, 'stop');
  outgoing.end('data: [DONE]\n\n');
}

function configuration(port: number): string {
  return `
backends:
  up: { provider: openai-compatible, url: "http://127.0.0.1:${port}/v1", model: there, key: "\${UPSTREAM_KEY}" }
models:
  fast: { backends: [up] }
keys:
  app: { hash: "sha256:${createHash('sha256').update(KEY).digest('hex')}" }
`;
}
