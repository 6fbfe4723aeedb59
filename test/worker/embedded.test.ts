/** The embedded model in workerd: the kernels come as a compiled module, the model as data, and both say what Node says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestHarness, type TestHarness } from 'wrangler';
import { bytesSource } from '../../src/artifact/byte-source.ts';
import type { Engine } from '../../src/embedded/engine.ts';
import { createInlineEngine } from '../../src/embedded/inline-engine.ts';
import { matmulModule } from '../../src/embedded/simd/matmul-code.ts';
import { TINY, writeRandomModel } from '../models/random-qwen2.ts';

const MODEL = writeRandomModel({ ...TINY, type: 'Q8_0' });
const REQUEST = {
  turns: [{ role: 'user', content: 'Hello?' }],
  maxTokens: 24,
  sampling: { temperature: 0, topP: 1, topK: 0, seed: 1 },
  stop: [],
  topLogprobs: null,
} as const;

const WORKER = (sources: string): string => `
import { bytesSource } from '${sources}/artifact/byte-source.ts';
import { createInlineEngine } from '${sources}/embedded/inline-engine.ts';
import { plainKernels } from '${sources}/embedded/kernels.ts';
import { simdKernels } from '${sources}/embedded/simd/simd-kernels.ts';
import kernels from './kernels.wasm';
import model from './model.gguf';
export default {
  async fetch(request) {
    const isSimd = new URL(request.url).pathname === '/simd';
    const engine = createInlineEngine({
      model: bytesSource(new Uint8Array(model)),
      kernels: isSimd ? simdKernels(kernels) : plainKernels,
      yieldTo: (resume) => setTimeout(resume, 0),
    });
    let text = '';
    const end = await new Promise((finished, failed) =>
      engine.generate(${JSON.stringify(REQUEST)}, { started() {}, piece: (piece) => { text += piece.text; }, finished, failed }));
    return Response.json({ text, end });
  },
};`;

const SETTINGS = `
name = "embedded"
main = "worker.js"
compatibility_date = "2026-10-01"
rules = [
  { type = "Data", globs = ["**/*.gguf"], fallthrough = true },
  { type = "CompiledWasm", globs = ["**/*.wasm"], fallthrough = true },
]`;

let folder: string;
let harness: TestHarness;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thalweg-embedded-'));
  writeFileSync(join(folder, 'worker.js'), WORKER(resolve('src').replaceAll('\\', '/')));
  writeFileSync(join(folder, 'kernels.wasm'), matmulModule());
  writeFileSync(join(folder, 'model.gguf'), MODEL);
  writeFileSync(join(folder, 'wrangler.toml'), SETTINGS);
  harness = createTestHarness({ workers: [{ configPath: join(folder, 'wrangler.toml') }] });
  await harness.listen();
}, 60_000);

afterAll(async () => {
  await harness?.close();
  rmSync(folder, { recursive: true, force: true });
});

function answer(engine: Engine): Promise<unknown> {
  let text = '';
  return new Promise((finish, failed) => {
    engine.generate(REQUEST, {
      started: () => undefined,
      piece: (piece) => (text += piece.text),
      finished: (end) => finish({ text, end }),
      failed,
    });
  });
}

describe('the embedded model in workerd', () => {
  it.each(['plain', 'simd'])('answers as on Node, with %s kernels', async (kernels) => {
    const onNode = await answer(createInlineEngine({ model: bytesSource(MODEL), yieldTo: setImmediate }));
    const response = await harness.fetch(`/${kernels}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(onNode);
  });
});
