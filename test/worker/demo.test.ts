/** The demo in workerd: built by the command line with its model, routed by its policy, answered in the isolate. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestHarness, type TestHarness } from 'wrangler';
import { buildWorker } from '../../src/cli/build-worker.ts';
import { createGateway } from '../../src/index.ts';
import { hasHandbook } from '../support/handbook.ts';
import { makeTerminal } from '../support/terminal.ts';

const DEMO = readFileSync(join(import.meta.dirname, '../../examples/demo.yaml'), 'utf8');
const QUESTION = { model: 'handbook', messages: [{ role: 'user', content: 'How do I keep data in the EU?' }] };

interface Asked {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function post(body: object): Asked {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** The text of a streamed answer. */
function textOf(stream: string): string {
  const events = stream.split('\n\n').filter((event) => event.startsWith('data: {'));
  return events
    .map((event) => JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[] })
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');
}

describe.skipIf(!hasHandbook)('the demo in workerd', () => {
  let folder: string;
  let harness: TestHarness;
  let onNode: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'thalweg-demo-'));
    writeFileSync(join(folder, 'thalweg.yaml'), `${DEMO}gateway: { open: true }\n`);
    await buildWorker({ out: 'built' }, makeTerminal({ cwd: folder }));
    harness = createTestHarness({ workers: [{ configPath: join(folder, 'built/wrangler.toml') }] });
    await harness.listen();
    const gateway = createGateway(DEMO);
    const response = await gateway.fetch('http://node/v1/chat/completions', post(QUESTION));
    const answer = (await response.json()) as { choices: { message: { content: string } }[] };
    onNode = answer.choices[0]!.message.content;
    await gateway.close();
  }, 60_000);

  afterAll(async () => {
    await harness?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers as the library does on Node, whole and streamed', async () => {
    expect(onNode).toContain('compute.countries');
    const whole = await harness.fetch('/v1/chat/completions', post(QUESTION));
    expect(whole.status).toBe(200);
    expect(whole.headers.get('x-thalweg-backend')).toBe('frankfurt');
    expect(await whole.json()).toMatchObject({ choices: [{ message: { content: onNode } }] });
    const stream = await harness.fetch('/v1/chat/completions', post({ ...QUESTION, stream: true }));
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(textOf(await stream.text())).toBe(onNode);
  });

  it('answers several at a time, each driven by its own request', async () => {
    const ask = async (): Promise<string> =>
      textOf(await (await harness.fetch('/v1/chat/completions', post({ ...QUESTION, stream: true }))).text());
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([onNode, onNode, onNode]);
  });

  it('explains its route', async () => {
    const response = await harness.fetch('/v1/explain', post(QUESTION));
    expect(await response.json()).toMatchObject({
      candidates: [
        { id: 'virginia', eligible: false },
        { id: 'frankfurt', eligible: true },
      ],
      plan: [{ try: 'frankfurt' }, { try: 'frankfurt', mode: 'retry' }],
    });
  });

  it('does not serve a model with one byte changed', async () => {
    cpSync(join(folder, 'built'), join(folder, 'tampered'), { recursive: true });
    const file = join(folder, 'tampered/handbook.bin');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
    const tampered = createTestHarness({ workers: [{ configPath: join(folder, 'tampered/wrangler.toml') }] });
    try {
      await tampered.listen();
      const response = await tampered.fetch('/v1/chat/completions', post(QUESTION));
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('compute.countries');
    } finally {
      await tampered.close();
    }
  }, 60_000);
});
