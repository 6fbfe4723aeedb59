/** Routes that are open only while the files behind them are what was signed: a real gateway, real files, real changes. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ArtifactConfig, WholeConfig } from '../../src/core/config.ts';
import { makeSignedModel, turnBit, type SignedModelFolder } from '../support/signed-model.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { startGateway, type RealGateway } from './real-gateway.ts';

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'r1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

/** A vLLM that says of itself what it is told to. */
async function startServer(root: () => string): Promise<string> {
  const server = createServer((request, response) => {
    const isList = request.method === 'GET';
    const models = { object: 'list', data: [{ id: 'r1', object: 'model', root: root() }] };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isList ? models : ANSWER));
    request.resume();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

function artifactOf(model: SignedModelFolder, more: Partial<ArtifactConfig> = {}): ArtifactConfig {
  return {
    path: model.root,
    signer: { key: model.publicKey },
    level: 'T0',
    templates: 'lint',
    excuse: [],
    max_age: 604_800_000,
    lease: 60_000,
    ignore: [],
    allow_ignored: [],
    ...more,
  };
}

interface Scene {
  readonly model: SignedModelFolder;
  readonly gateway: RealGateway;
  readonly whole: WholeConfig;
}

async function start(
  more: Partial<ArtifactConfig> = {},
  root = (model: SignedModelFolder) => model.root,
  constraints: WholeConfig['constraints'] = [],
): Promise<Scene> {
  const model = await makeSignedModel();
  const signed = await startServer(() => root(model));
  const other = await startServer(() => 'elsewhere');
  const whole = wholeConfig({
    backends: {
      local: { ...backendAt(signed), provider: 'vllm', model: 'r1', artifact: 'r1' },
      other: { ...backendAt(other), model: 'r1' },
    },
    models: {
      signed: { backends: [{ id: 'local', weight: 1 }], pick: 'ordered', answer: 'asked' },
      both: {
        backends: [
          { id: 'local', weight: 1 },
          { id: 'other', weight: 1 },
        ],
        pick: 'ordered',
        answer: 'asked',
      },
    },
    constraints,
    trust: { models: { r1: artifactOf(model, more) } },
  });
  const gateway = await startGateway(whole);
  onTestFinished(async () => void (await gateway.stop(0)));
  return { model, gateway, whole };
}

async function ask(
  gateway: RealGateway,
  model: string,
): Promise<{ status: number; backend: string | null; body: string }> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  });
  const body = await response.text();
  return { status: response.status, backend: response.headers.get('x-thalweg-backend'), body };
}

async function untilStatus(gateway: RealGateway, status: number): Promise<void> {
  await expect.poll(async () => (await ask(gateway, 'signed')).status, { timeout: 8000, interval: 25 }).toBe(status);
}

/** What explain says of the signed backend; null = it is eligible. */
async function whyNot(gateway: RealGateway, by = 'artifact'): Promise<string | null> {
  const response = await fetch(`${gateway.url}/v1/explain`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'signed', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  const record = (await response.json()) as {
    candidates: { id: string; failed?: { constraint: string; got: string }[] }[];
  };
  return record.candidates[0]?.failed?.find(({ constraint }) => constraint === by)?.got ?? null;
}

const TAMPERING: readonly (readonly [string, string, (model: SignedModelFolder) => () => void | Promise<void>])[] = [
  [
    'a byte changed',
    'files-differ: changed: r1.gguf',
    (model) => {
      model.write('r1.gguf', turnBit(model.weights));
      return () => model.write('r1.gguf', model.weights);
    },
  ],
  [
    'a file renamed over',
    'files-differ: changed: config.json',
    (model) => {
      const path = join(model.root, 'config.json');
      const before = readFileSync(path);
      writeFileSync(`${model.root}.tmp`, '{ "model_type": "other" }');
      renameSync(`${model.root}.tmp`, path);
      return () => writeFileSync(path, before);
    },
  ],
  [
    'a file added',
    'files-differ: not signed: chat_template.jinja',
    (model) => {
      model.write('chat_template.jinja', '{{ messages }}');
      return () => model.remove('chat_template.jinja');
    },
  ],
  [
    'the signature taken away',
    'file-unreadable: ',
    (model) => {
      model.remove('model.sig');
      return async () => void (await model.sign());
    },
  ],
];

describe('a route over signed files', { timeout: 20_000 }, () => {
  it.each(TAMPERING)('closes with %s, and opens again', async (_name, rule, tamper) => {
    const { model, gateway } = await start();
    await untilStatus(gateway, 200);
    expect(await ask(gateway, 'both')).toMatchObject({ status: 200, backend: 'local' });
    const restore = tamper(model);
    await untilStatus(gateway, 503);
    expect((await ask(gateway, 'signed')).body).toContain('artifact-untrusted');
    // another backend serves on, and the gateway stays ready
    expect(await ask(gateway, 'both')).toMatchObject({ status: 200, backend: 'other' });
    expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
    await expect.poll(() => whyNot(gateway), { timeout: 5000 }).toContain(rule);
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toContain('thalweg_artifact_verified{artifact="r1"} 0');
    await restore();
    await untilStatus(gateway, 200);
    const turns = gateway.log().filter(({ event }) => event === 'artifact');
    expect(turns[0]).toMatchObject({ artifact: 'r1', verified: true, rule: null });
    expect(turns.map(({ rule: broken }) => broken)).toContain('changed');
    expect(turns.at(-1)).toMatchObject({ verified: true });
  });

  it('is what a constraint can ask for: signed files, and a server that says that it serves them', async () => {
    const require = { 'artifact.signature': 'verified', 'artifact.level': { min: 'T1' } } as const;
    const { gateway, model } = await start({ lease: 1000 }, undefined, [{ id: 'ours', require }]);
    await untilStatus(gateway, 200);
    // the other backend has no files that anybody signed
    expect(await ask(gateway, 'both')).toMatchObject({ status: 200, backend: 'local' });
    model.write('r1.gguf', turnBit(model.weights));
    await untilStatus(gateway, 503);
    expect((await ask(gateway, 'both')).status).toBe(503);
    await expect.poll(() => whyNot(gateway, 'ours'), { timeout: 5000 }).toContain('files-differ: changed: r1.gguf');
    model.write('r1.gguf', model.weights);
    await untilStatus(gateway, 200);
    expect(await whyNot(gateway, 'ours')).toBeNull();
  });

  it('stays closed to an older signed version once its digest is not allowed', async () => {
    const model = await makeSignedModel();
    const older = {
      weights: readFileSync(join(model.root, 'r1.gguf')),
      signature: readFileSync(join(model.root, 'model.sig')),
    };
    model.write('config.json', '{ "model_type": "qwen2", "version": 2 }\n');
    const newer = await model.sign();
    const config = readFileSync(join(model.root, 'config.json'));
    const signature = readFileSync(join(model.root, 'model.sig'));
    const url = await startServer(() => model.root);
    const gateway = await startGateway(
      wholeConfig({
        backends: { local: { ...backendAt(url), provider: 'vllm', model: 'r1', artifact: 'r1' } },
        models: { signed: { backends: [{ id: 'local', weight: 1 }], pick: 'ordered', answer: 'asked' } },
        trust: { models: { r1: artifactOf(model, { digests: [`sha256:${newer}`] }) } },
      }),
    );
    onTestFinished(async () => void (await gateway.stop(0)));
    await untilStatus(gateway, 200);
    model.write('config.json', '{ "model_type": "qwen2" }\n');
    model.write('model.sig', older.signature);
    await untilStatus(gateway, 503);
    await expect.poll(() => whyNot(gateway), { timeout: 5000 }).toContain('root-not-allowed: ');
    // nothing else serves: the gateway is not ready
    expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(503);
    model.write('config.json', config);
    model.write('model.sig', signature);
    await untilStatus(gateway, 200);
  });

  it('keeps a lease over a reload that does not concern it, and ends it where the terms change', async () => {
    const { gateway, whole } = await start();
    await untilStatus(gateway, 200);
    await gateway.reload({ ...whole, gateway: { ...whole.gateway, lossy: 'allow' } });
    expect(await ask(gateway, 'signed')).toMatchObject({ status: 200 });
    const r1 = { ...whole.trust!.models['r1']!, digests: [`sha256:${'0'.repeat(64)}`] };
    await gateway.reload({ ...whole, trust: { models: { r1 } } });
    expect(await ask(gateway, 'signed')).toMatchObject({ status: 503 });
    await expect.poll(() => whyNot(gateway), { timeout: 5000 }).toContain('root-not-allowed: ');
  });

  it('wants the server to say that it serves the model, where a level is asked for', async () => {
    let said = '/models/other';
    const { gateway, model } = await start({ level: 'T1', lease: 1000 }, () => said);
    await expect.poll(() => whyNot(gateway), { timeout: 5000 }).toContain('T0: the server says to have loaded');
    said = model.root;
    await untilStatus(gateway, 200);
    const trust = (await (await fetch(`${gateway.adminUrl}/trust`)).json()) as { models: unknown[] };
    expect(trust.models).toMatchObject([
      {
        id: 'r1',
        files: 'verified',
        signed_files: 2,
        signer: expect.stringMatching(/^key sha256:[0-9a-f]{64}$/),
        root: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        backends: [
          { id: 'local', level: 'T1', least: 'T1', open: true, worth: expect.stringContaining('Whoever controls') },
        ],
      },
    ]);
  });
});
