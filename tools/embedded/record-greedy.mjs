/**
 * Records what llama.cpp answers for the seeded test models, as the fixture of test/unit/embedded/greedy.test.ts.
 *
 *   npm install --prefix DIR --ignore-scripts --omit=optional node-llama-cpp@3.22.1 @node-llama-cpp/linux-x64@3.22.1
 *   node tools/embedded/record-greedy.mjs DIR > test/unit/embedded/greedy.json
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GREEDY_MODELS, GREEDY_PROMPTS, TOKENIZER_TEXTS } from '../../test/unit/embedded/greedy-models.ts';
import { writeRandomModel } from '../../test/models/random-qwen2.ts';

const TOKENS = 128;
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('say in which folder node-llama-cpp is installed');
const entry = createRequire(join(resolve(folder), 'package.json')).resolve('node-llama-cpp');
const { getLlama } = await import(pathToFileURL(entry).href);

// Its default thread count makes it a thousand times slower on a busy small machine.
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: 'error' });
const temporary = mkdtempSync(join(tmpdir(), 'greedy-'));

/** Greedy continuation of token ids, with a cache in full precision. */
async function continuation(model, prompt) {
  const context = await model.createContext({
    contextSize: 256,
    threads: 1,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  });
  const ids = [];
  for await (const id of context.getSequence().evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    ids.push(id);
    if (ids.length === TOKENS) break;
  }
  await context.dispose();
  return ids;
}

async function record(name, definition) {
  const path = join(temporary, `${name}.gguf`);
  writeFileSync(path, writeRandomModel(definition));
  const model = await llama.loadModel({ modelPath: path, useMmap: false });
  const greedy = [];
  for (const prompt of GREEDY_PROMPTS) greedy.push(await continuation(model, prompt));
  const texts = TOKENIZER_TEXTS.map((text) => [...model.tokenize(text, false, 'trimLeadingSpace')]);
  await model.dispose();
  return { greedy, texts };
}

const models = {};
for (const [name, definition] of Object.entries(GREEDY_MODELS)) models[name] = await record(name, definition);
rmSync(temporary, { recursive: true });
const header = `Recorded by tools/embedded/record-greedy.mjs from node-llama-cpp 3.22.1 (llama.cpp), threads: 1, f32 weights, f32 cache.`;
process.stdout.write(`${JSON.stringify({ recorded: header, models })}\n`);
await llama.dispose();
