/** What recording one exchange costs in CPU microseconds: the log line beside a bare `JSON.stringify`, the metrics, the ring. */
import { cpuUsage, stdout } from 'node:process';
import { loadavg } from 'node:os';
import type { ExchangeRecord } from '../src/core/recorder.ts';
import { createMetrics, createRing, type Reader } from '../src/telemetry/index.ts';
import { logLine } from '../src/telemetry/log-line.ts';

const RECORDS = 512;
const PASSES = 400;
const ROUNDS = 5;

/** Records that differ as those of a busy gateway do: ids, times, figures; few names. */
const records = Array.from({ length: RECORDS }, (_, i): ExchangeRecord => {
  const totalMs = 100 + ((i * 7919) % 4000) / 1.7;
  return {
    type: 'exchange',
    at: 1_795_456_490_000 + i * 3,
    requestId: `req${i.toString(36).padStart(21, '0')}`,
    surface: 'openai-chat',
    operation: 'chat',
    stream: i % 2 === 0,
    model: ['assistant', 'coder'][i % 2] ?? null,
    backend: ['r1-local', 'deepseek', 'groq'][i % 3] ?? null,
    provider: ['vllm', 'deepseek', 'groq'][i % 3] ?? null,
    upstreamModel: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B',
    path: 'pass',
    rule: 'default',
    decision: `dec${i.toString(36).padStart(21, '0')}`,
    policy: `sha256:${'9f86d081'.repeat(8)}`,
    key: `app-${i % 8}`,
    class: null,
    labels: [],
    tenant: 'acme',
    status: 200,
    code: null,
    outcome: 'ok',
    phases: { planMs: totalMs / 1e5, headersMs: totalMs / 9, firstContentMs: totalMs / 7, totalMs },
    usage: {
      inputTokens: 800 + i,
      cachedInputTokens: 512,
      cacheWriteTokens: null,
      outputTokens: 200 + i,
      reasoningTokens: null,
      raw: null,
    },
    finish: { unified: 'stop', raw: 'stop' },
    costUsd: i / 1e6 + 0.000_213_12,
    attempts: [{ backend: 'r1-local', provider: 'vllm', status: 200, code: null, durationMs: totalMs - 1.3 }],
    losses: [],
    splices: ['model'],
    bytesIn: 1024 + i,
    bytesOut: 20_000 + i,
    maxOutputTokens: 1024,
  };
});

let written = 0;
const encoder = new TextEncoder();

/** The whole batch as bytes, as a stream would write it. */
function write(line: (record: ExchangeRecord) => string): void {
  let chunk = '';
  for (const record of records) chunk += line(record);
  written += encoder.encode(chunk).length;
}

const metrics = createMetrics({
  version: 'bench',
  isModel: (name) => name === 'assistant' || name === 'coder',
  load: () => ({ backends: [], pools: [] }),
});
const nobody: Reader = { id: 'nobody', read: () => undefined };
const ring = createRing({ capacity: 4096, readers: [nobody], schedule: (f) => queueMicrotask(f) });

const questions: Readonly<Record<string, () => void>> = {
  'JSON.stringify, bare record': () => write((record) => `${JSON.stringify(record)}\n`),
  'log line': () => write(logLine),
  metrics: () => metrics.reader.read(records),
  'ring, one reader': () => {
    for (const record of records) ring.record(record);
    ring.flush();
  },
};

const best = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(questions)) {
    const start = cpuUsage();
    for (let pass = 0; pass < PASSES; pass++) run();
    const { user, system } = cpuUsage(start);
    const micros = (user + system) / (PASSES * RECORDS);
    best.set(name, Math.min(best.get(name) ?? Infinity, micros));
  }
}

stdout.write(`load ${loadavg()[0]?.toFixed(2)}, best of ${ROUNDS} interleaved rounds, ${written} bytes written\n`);
for (const [name, micros] of best) stdout.write(`${name.padEnd(30)} ${micros.toFixed(3)} us per record\n`);
