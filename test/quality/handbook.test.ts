/** The handbook model answers right: scored on questions that training never saw, through the engine that ships, greedily. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bytesSource } from '../../src/artifact/byte-source.ts';
import { beginGeneration } from '../../src/embedded/generation.ts';
import { loadModel, type Model } from '../../src/embedded/model.ts';
import { compileKernels, simdKernels } from '../../src/embedded/simd/simd-kernels.ts';
import { unknownNames } from './known-names.ts';

type Fact = readonly [question: string, ...facts: string[]];

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const listed: { readonly handbook: readonly Fact[]; readonly elsewhere: readonly string[] } = parse(
  read('test/quality/handbook-questions.yaml'),
);
const KIND = /only knows? Thalweg/;
/** `THALWEG_HANDBOOK_MODEL` tries another file before it is committed. */
const file = process.env['THALWEG_HANDBOOK_MODEL'] ?? join(root, 'models/handbook/handbook.gguf');

let model: Model;
const answers = new Map<string, string>();

function ask(question: string): string {
  let text = '';
  let failure = '';
  const request = {
    turns: [{ role: 'user', content: question }] as const,
    maxTokens: 160,
    sampling: { temperature: 0, topP: 1, topK: 0, seed: 1 },
    stop: [],
    topLogprobs: null,
  };
  const step = beginGeneration(model, request, {
    started: () => undefined,
    piece: (piece) => (text += piece.text),
    finished: () => undefined,
    failed: ({ kind }) => (failure = kind),
  });
  while (step?.() === true);
  if (failure !== '') throw new Error(`${failure}: ${question}`);
  return text;
}

function share(right: number, of: number): string {
  return `${right} of ${of} (${((100 * right) / of).toFixed(1)} %)`;
}

describe('the handbook model', () => {
  beforeAll(() => {
    model = loadModel(bytesSource(readFileSync(file)), simdKernels(compileKernels()));
    for (const [question] of listed.handbook) answers.set(question, ask(question));
    for (const question of listed.elsewhere) answers.set(question, ask(question));
  }, 120_000);

  it('is a small file', () => {
    expect(readFileSync(file).byteLength).toBeLessThanOrEqual(3_000_000);
    expect(model.parameters).toBeGreaterThan(500_000);
    expect(model.title).toBe('Thalweg Handbook');
  });

  it('holds the right facts in nine of ten answers about the handbook', () => {
    expect(listed.handbook.length).toBeGreaterThanOrEqual(120);
    const wrong = listed.handbook.filter(([question, ...facts]) => {
      const answer = answers.get(question) ?? '';
      return !facts.every((fact) => new RegExp(fact, 'i').test(answer));
    });
    const right = listed.handbook.length - wrong.length;
    console.log(`handbook: ${share(right, listed.handbook.length)}`);
    for (const [question] of wrong) console.log(`  ${question}\n    ${answers.get(question)}`);
    expect(right).toBeGreaterThanOrEqual(0.9 * listed.handbook.length);
  });

  it('kindly declines nine of ten questions about everything else', () => {
    expect(listed.elsewhere.length).toBeGreaterThanOrEqual(60);
    const wrong = listed.elsewhere.filter((question) => !KIND.test(answers.get(question) ?? ''));
    const right = listed.elsewhere.length - wrong.length;
    console.log(`elsewhere: ${share(right, listed.elsewhere.length)}`);
    for (const question of wrong) console.log(`  ${question}\n    ${answers.get(question)}`);
    expect(right).toBeGreaterThanOrEqual(0.9 * listed.elsewhere.length);
  });

  it('never invents a command, a flag, a key, a code or a header', () => {
    const invented = [...answers].flatMap(([question, answer]) =>
      unknownNames(answer).map((name) => `${name} in the answer to: ${question}`),
    );
    expect(invented).toEqual([]);
  });
});
