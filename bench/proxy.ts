/** What a request and a stream's chunk cost in CPU beside a bare dispatch proxy and Portkey, interleaved in one run. */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { startContestants, startUpstream, type Contestant } from './contestants/index.ts';
import { runLoad } from './load.ts';

interface Question {
  readonly title: string;
  readonly upstream: Readonly<Record<string, string>>;
  readonly stream: boolean;
  readonly requestBytes: number;
  readonly connections: number;
  readonly requests: number;
  /** Requests per second that every contestant is offered alike; null = as many as it can take. */
  readonly rate: number | null;
  /** What the CPU is divided by, per request. */
  readonly units: number;
  readonly unit: string;
}

const QUESTIONS: readonly Question[] = [
  {
    title: '1 KB request, 1 KB answer, 1,000 requests per second on 32 connections',
    upstream: { BENCH_ANSWER_BYTES: '1024' },
    stream: false,
    requestBytes: 1024,
    connections: 32,
    requests: 3_000,
    rate: 1_000,
    units: 1,
    unit: 'request',
  },
  {
    title: '1 KB request, 1 KB answer, as fast as 32 connections can',
    upstream: { BENCH_ANSWER_BYTES: '1024' },
    stream: false,
    requestBytes: 1024,
    connections: 32,
    requests: 12_000,
    rate: null,
    units: 1,
    unit: 'request',
  },
  {
    title: '64 KB request, 1 KB answer, 16 connections',
    upstream: { BENCH_ANSWER_BYTES: '1024' },
    stream: false,
    requestBytes: 65_536,
    connections: 16,
    requests: 3_000,
    rate: null,
    units: 1,
    unit: 'request',
  },
  {
    title: 'bursts of 200 chunks, 16 streams at a time',
    upstream: { BENCH_CHUNKS: '200', BENCH_PAUSE_MS: '0' },
    stream: true,
    requestBytes: 1024,
    connections: 16,
    requests: 1_000,
    rate: null,
    units: 200,
    unit: 'chunk',
  },
  {
    title: '64 streams of 100 chunks, one every 10 ms',
    upstream: { BENCH_CHUNKS: '100', BENCH_PAUSE_MS: '10' },
    stream: true,
    requestBytes: 1024,
    connections: 64,
    requests: 256,
    rate: null,
    units: 100,
    unit: 'chunk',
  },
];

/** Peers are slow: they get a share of the requests, so that a run stays short. */
const SHARE: Readonly<Record<string, number>> = { portkey: 0.15 };
/** Requests or chunks before the first round: compilers are done with what is hot after about so many. */
const WARM_UP = 20_000;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const ONLY = process.env['BENCH_ONLY']?.split(',') ?? null;

function requestBody(question: Question): string {
  const make = (content: string): string =>
    JSON.stringify({
      model: 'bench',
      messages: [{ role: 'user', content }],
      max_tokens: 256,
      ...(question.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    });
  return make('x'.repeat(Math.max(0, question.requestBytes - make('').length)));
}

interface Sample {
  readonly cpuUs: number;
  readonly p99: number;
}

async function sample(contestant: Contestant, question: Question, share: number): Promise<Sample> {
  const requests = Math.max(question.connections, Math.round(question.requests * share));
  const { port, headers } = contestant;
  const before = contestant.cpuUs();
  const report = await runLoad({
    port,
    headers,
    body: requestBody(question),
    connections: question.connections,
    requests,
    rate: question.rate,
  });
  if (report.failed > 0 || report.requests < requests) {
    throw new Error(`${contestant.name}: ${report.failed} of ${requests} failed, ${report.requests} answered`);
  }
  return { cpuUs: (contestant.cpuUs() - before) / (report.requests * question.units), p99: report.p99 };
}

/** A peer that cannot answer this question is named and left out; our own contestants must answer. */
async function sampleOrNull(contestant: Contestant, question: Question, share: number): Promise<Sample | null> {
  try {
    return await sample(contestant, question, share);
  } catch (cause) {
    if (!(contestant.name in SHARE)) throw cause;
    console.log(`left out: ${String(cause)}`);
    return null;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function ask(question: Question): Promise<void> {
  const upstream = await startUpstream(question.upstream);
  const contestants = await startContestants(`http://127.0.0.1:${upstream.port}`, ONLY);
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]));
  try {
    for (let round = -1; round < ROUNDS; round++) {
      for (const contestant of contestants) {
        if (!samples.has(contestant.name)) continue;
        const share = SHARE[contestant.name] ?? 1;
        const asked = round < 0 ? { ...question, rate: null, requests: WARM_UP / question.units } : question;
        const taken = await sampleOrNull(contestant, asked, share);
        if (taken === null) samples.delete(contestant.name);
        else if (round >= 0) samples.get(contestant.name)!.push(taken);
      }
    }
  } finally {
    for (const contestant of [...contestants, upstream]) contestant.stop();
  }
  print(question, samples);
}

function print(question: Question, samples: ReadonlyMap<string, readonly Sample[]>): void {
  console.log(`\n${question.title} (${ROUNDS} rounds, interleaved)`);
  console.log(`| contestant | CPU us/${question.unit}, median (min) | x bare, median of rounds | p99 ms |`);
  console.log('|---|---|---|---|');
  const bare = samples.get('bare');
  for (const [name, taken] of samples) {
    const cpu = taken.map(({ cpuUs }) => cpuUs);
    const ratios = bare === undefined ? [] : taken.map(({ cpuUs }, i) => cpuUs / bare[i]!.cpuUs);
    const figures = [`${median(cpu).toFixed(1)} (${Math.min(...cpu).toFixed(1)})`, median(ratios).toFixed(2)];
    console.log(`| ${name} | ${figures.join(' | ')} | ${median(taken.map(({ p99 }) => p99)).toFixed(1)} |`);
  }
}

const version = (name: string): string =>
  (
    JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')) as {
      version: string;
    }
  ).version;

console.log(`node ${process.version}, undici ${version('undici')}, hono ${version('hono')}`);
console.log(
  `load average at the start: ${loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')}`,
);
const wanted = process.argv.slice(2).filter((word) => /^\d+$/.test(word));
for (const [i, question] of QUESTIONS.entries())
  if (wanted.length === 0 || wanted.includes(String(i + 1))) await ask(question);
console.log(
  `\nload average at the end: ${loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')}`,
);
