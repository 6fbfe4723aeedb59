/** What the simulator replays: backends as they truly are, requests as they came, and faults on top. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** How a backend truly behaves; times in seconds, prices in USD per million tokens. */
export interface Truth {
  readonly id: string;
  readonly eu: boolean;
  /** Requests that it serves at a time; the others wait there. Absent = any number. */
  readonly slots?: number;
  readonly ctx: number;
  readonly in: number;
  readonly out: number;
  /** Median time to first token without load and input; sigma of its logarithm; input tokens per second. */
  readonly ttft0: number;
  readonly sigma: number;
  readonly prefill: number;
  /** Seconds per output token without load. */
  readonly itl: number;
  /** How much slower a full backend is. */
  readonly load?: number;
  /** Share of requests that fail. */
  readonly fail: number;
  readonly rpm?: number;
  /** [from, to, times]: both times multiplied. */
  readonly degrade?: readonly (readonly [number, number, number])[];
  /** [from, to]: everything fails. */
  readonly outage?: readonly (readonly [number, number])[];
}

/** One request of a trace. */
export interface Arrival {
  /** Ms from the start. */
  readonly atMs: number;
  readonly inputTokens: number;
  /** Known to the world, never to a policy. */
  readonly outputTokens: number;
  /** Its hidden dice: only backends in the EU may see those below the share. */
  readonly dice: number;
}

/** Backends with the objective and the share of protected requests. */
export interface Scenario {
  readonly slo: { readonly ttft: number; readonly attainment: number };
  readonly piiShare: number;
  readonly backends: readonly Truth[];
}

const CORPUS = resolve(process.env['THALWEG_CORPUS'] ?? '../shared', 'data');

/** True where the material is there. */
export function hasMaterial(): boolean {
  return existsSync(join(CORPUS, 'routing-scenario.json'));
}

/** The scenario as it was published. */
export function loadScenario(): Scenario {
  const file = JSON.parse(readFileSync(join(CORPUS, 'routing-scenario.json'), 'utf8')) as {
    slo: Scenario['slo'];
    classes: { pii: { share: number } };
    backends: readonly Truth[];
  };
  return { slo: file.slo, piiShare: file.classes.pii.share, backends: file.backends };
}

/** The names of the traces. */
export type TraceName = 'azure' | 'mooncake';

/** The requests of a trace, `speed` times as fast as they came; which of them are protected follows the seed. */
export function loadTrace(name: TraceName, speed: number, random: () => number): Arrival[] {
  const rows = name === 'azure' ? azure() : mooncake();
  const first = rows[0]?.[0] ?? 0;
  return rows.map(([at, inputTokens, outputTokens]) => ({
    atMs: (at - first) / speed,
    inputTokens,
    outputTokens,
    dice: random(),
  }));
}

type Row = readonly [atMs: number, inputTokens: number, outputTokens: number];

/** Azure LLM inference trace 2023, conversation; Patel and others, Splitwise, ISCA 2024. */
function azure(): Row[] {
  const [, ...lines] = readFileSync(join(CORPUS, 'traces/azure-llm-2023-conv.csv'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [at = '', input = '', output = ''] = line.split(',');
    return [Date.parse(`${at.slice(0, 23).replace(' ', 'T')}Z`), Number(input), Number(output)];
  });
}

/** Mooncake conversation trace; Qin and others, FAST 2025. */
function mooncake(): Row[] {
  const lines = readFileSync(join(CORPUS, 'traces/mooncake-fast25-conversation.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const row = JSON.parse(line) as { timestamp: number; input_length: number; output_length: number };
    return [row.timestamp, row.input_length, row.output_length];
  });
}

/** What goes wrong, by name; times in seconds from the start. */
export const FAULTS: Readonly<Record<string, (truth: Truth) => Truth>> = {
  'as published': (truth) => truth,
  clean: calm,
  outage: (truth) => (truth.id === 'eu-hosted' ? { ...calm(truth), outage: [[600, 780]] } : calm(truth)),
  brownout: (truth) => (truth.id === 'us-fast' ? { ...calm(truth), degrade: [[500, 1100, 5]] } : calm(truth)),
  '429 storm': (truth) => (truth.rpm === undefined ? calm(truth) : { ...calm(truth), rpm: truth.rpm / 3 }),
};

function calm({ degrade: _degrade, outage: _outage, ...truth }: Truth): Truth {
  return truth;
}
