/** How near is hashing a model to node:crypto's own SHA-256 rate, and how long does a verification take that hashes nothing? */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDigestCache } from '../src/trust/node/digest-cache.ts';
import { hashModel } from '../src/trust/node/hash-model.ts';
import { conditions } from './interleaved.ts';

const MIB = 1 << 20;
const fileMib = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 2048);
const ROUNDS = 5;
const everything = { skip: () => false };

/** The rate of the hash alone: the same bytes, hot in the cache, no file. */
function hashMemory(): Promise<void> {
  const piece = Buffer.alloc(MIB, 7);
  const hash = createHash('sha256');
  for (let i = 0; i < fileMib; i++) hash.update(piece);
  hash.digest();
  return Promise.resolve();
}

/** The same with the file read in between, as a program that does nothing else would do it. */
function hashFile(path: string): Promise<void> {
  const piece = new Uint8Array(MIB);
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  for (let bytes = readSync(file, piece, {}); bytes > 0; bytes = readSync(file, piece, {}))
    hash.update(piece.subarray(0, bytes));
  closeSync(file);
  hash.digest();
  return Promise.resolve();
}

async function writeModel(folder: string, files: number): Promise<void> {
  await mkdir(folder);
  const piece = Buffer.alloc(16 * MIB);
  for (let file = 0; file < files; file++) {
    const handle = await open(join(folder, `model-${file}.gguf`), 'w');
    for (let i = 0; i < fileMib; i += 16) await handle.write(piece.fill(i + file));
    await handle.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Milliseconds that all threads of this process were computing: what a busy machine does not blur. */
async function timedOnCpu(work: () => Promise<unknown>): Promise<{ wallMs: number; cpuMs: number }> {
  const before = process.cpuUsage();
  const wallMs = await timed(work);
  const { user, system } = process.cpuUsage(before);
  return { wallMs, cpuMs: (user + system) / 1000 };
}

const best = (samples: readonly number[]): number => Math.min(...samples);
const median = (samples: readonly number[]): number => samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? NaN;

async function benchRates(root: string): Promise<void> {
  const two = join(root, 'two');
  const one = join(two, 'model-0.gguf');
  await writeModel(two, 2);
  const contestants = [
    { name: 'node:crypto, memory', files: 1, run: hashMemory, ms: [] as number[], cpu: [] as number[] },
    {
      name: 'node:crypto, file',
      files: 1,
      run: () => hashFile(one),
      ms: [] as number[],
      cpu: [] as number[],
    },
    {
      name: 'hashModel, 1 file',
      files: 1,
      run: () => hashModel(one, everything),
      ms: [] as number[],
      cpu: [] as number[],
    },
    {
      name: 'hashModel, 2 files',
      files: 2,
      run: () => hashModel(two, everything),
      ms: [] as number[],
      cpu: [] as number[],
    },
  ];
  for (let round = -1; round < ROUNDS; round++) {
    for (const { run, ms, cpu } of contestants) {
      const { wallMs, cpuMs } = await timedOnCpu(run);
      if (round < 0) continue;
      ms.push(wallMs);
      cpu.push(cpuMs);
    }
  }
  const rate = (files: number, ms: number): number => (files * fileMib * MIB) / ms / 1e6;
  const base = contestants[0]!.ms;
  for (const { name, files, ms, cpu } of contestants) {
    const rates = `${rate(files, best(ms)).toFixed(2)} / ${rate(files, median(ms)).toFixed(2)} GB/s`;
    const times = `${((files * best(base)) / best(ms)).toFixed(2)} / ${((files * median(base)) / median(ms)).toFixed(2)} x`;
    const perCpu = `${rate(files, best(cpu)).toFixed(2)} GB per second of CPU`;
    console.log(`  ${name.padEnd(20)} ${rates}, ${times}, ${perCpu}`);
  }
}

async function benchCached(root: string): Promise<void> {
  const folder = join(root, 'hundred');
  await mkdir(folder);
  for (let i = 0; i < 100; i++) await writeFile(join(folder, `part-${i}`), Buffer.alloc(4096, i));
  // A minute ahead, so that files written just now count as settled.
  const now = (): number => Date.now() + 60_000;
  const onWarning = (message: string): void => console.warn(message);
  const cached = async (): Promise<void> => {
    const cache = await openDigestCache({ folder: join(root, 'cache'), now, onWarning });
    await hashModel(folder, { ...everything, cache });
  };
  const cold = await timed(cached);
  const ms: number[] = [];
  for (let i = 0; i < 50; i++) ms.push(await timed(cached));
  console.log(
    `  100 files of 4 KiB: first ${cold.toFixed(1)} ms, cached ${best(ms).toFixed(1)} / ${median(ms).toFixed(1)} ms`,
  );
}

const root = await mkdtemp(join(tmpdir(), 'thalweg-hashing-'));
try {
  console.log(
    `best / median of ${ROUNDS} interleaved rounds, ${fileMib} MiB per file, ${availableParallelism()} cores. ${conditions()}`,
  );
  await benchRates(root);
  await benchCached(root);
  console.log(`  afterwards: ${conditions()}`);
} finally {
  await rm(root, { recursive: true, force: true });
}
