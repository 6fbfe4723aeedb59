/** How fast is the embedded model: first token and tokens per second, per shape, storage type and place of computing. */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bytesSource } from '../src/artifact/byte-source.ts';
import type { Engine, GenerationRequest } from '../src/embedded/engine.ts';
import { createInlineEngine } from '../src/embedded/inline-engine.ts';
import { plainKernels } from '../src/embedded/kernels.ts';
import { createWorkerEngine } from '../src/embedded/node/worker-engine.ts';
import { compileKernels, simdKernels } from '../src/embedded/simd/simd-kernels.ts';
import { MILLION, type RandomModel, TINY, TWO_MILLION, writeRandomModel } from '../test/models/random-qwen2.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    tokens: { type: 'string', default: '128' },
    model: { type: 'string', default: join(import.meta.dirname, '../models/handbook/handbook.gguf') },
  },
});
const ROUNDS = Number(values.rounds);
const TOKENS = Number(values.tokens);

const SHAPES: Readonly<Record<string, RandomModel>> = { '0.1 M': TINY, '1.0 M': MILLION, '2.5 M': TWO_MILLION };
const PLACES: Readonly<Record<string, (model: Uint8Array) => Promise<Engine>>> = {
  'worker, simd': (model) => createWorkerEngine({ model }),
  'inline, simd': (model) => Promise.resolve(inline(model, simdKernels(compileKernels()))),
  'inline, plain': (model) => Promise.resolve(inline(model, plainKernels)),
};

function inline(model: Uint8Array, kernels: typeof plainKernels): Engine {
  return createInlineEngine({ model: bytesSource(model), yieldTo: setImmediate, kernels });
}

/** A random byte model reads a byte per token: about `tokens` tokens of prompt, form included. */
function requestOf(tokens: number): GenerationRequest {
  return {
    turns: [{ role: 'user', content: 'What is a gateway? '.repeat(20).slice(0, tokens - 20) }],
    maxTokens: TOKENS,
    sampling: { temperature: 0, topP: 1, topK: 0, seed: 1 },
    stop: [],
    topLogprobs: 0,
  };
}

interface Figures {
  readonly firstMs: number;
  readonly perSecond: number;
}

function measure(engine: Engine, request: GenerationRequest): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    let firstMs = 0;
    engine.generate(request, {
      started: () => undefined,
      piece() {
        if (firstMs === 0) firstMs = performance.now() - startMs;
      },
      finished({ outputTokens }) {
        const restMs = performance.now() - startMs - firstMs;
        resolve({ firstMs, perSecond: ((outputTokens - 1) / restMs) * 1000 });
      },
      failed: ({ kind }) => reject(new Error(kind)),
    });
  });
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

async function report(label: string, bytes: Uint8Array, request: GenerationRequest): Promise<void> {
  for (const [place, create] of Object.entries(PLACES)) {
    const startMs = performance.now();
    const engine = await create(bytes);
    const loadMs = performance.now() - startMs;
    const coldMs = (await measure(engine, request)).firstMs;
    const figures: Figures[] = [];
    for (let round = 0; round < ROUNDS; round++) figures.push(await measure(engine, request));
    await engine.close();
    const first = figures.map(({ firstMs }) => firstMs);
    const speeds = figures.map(({ perSecond }) => perSecond);
    console.log(
      `${label} ${(bytes.length / 1e6).toFixed(1).padStart(4)} MB  ${place.padEnd(13)}` +
        `  load ${loadMs.toFixed(0).padStart(4)} ms  first token cold ${coldMs.toFixed(0)} ms, warm ${median(first).toFixed(0)} ms` +
        ` (${Math.max(...first).toFixed(0)})  ${median(speeds).toFixed(0)} tok/s (${Math.min(...speeds).toFixed(0)})`,
    );
  }
}

console.log(`load ${loadavg()[0]?.toFixed(2)}; ${ROUNDS} rounds, prompt 150 tokens, answer ${TOKENS}; medians (worst)`);
for (const [shape, model] of Object.entries(SHAPES)) {
  for (const type of ['F32', 'F16', 'Q8_0'] as const) {
    await report(`${shape} ${type.padEnd(4)}`, writeRandomModel({ ...model, type }), requestOf(150));
  }
}
const handbook = readFileSync(values.model);
await report('handbook  ', handbook, { ...requestOf(0), turns: [{ role: 'user', content: 'What is Thalweg?' }] });
console.log(`load ${loadavg()[0]?.toFixed(2)}`);
