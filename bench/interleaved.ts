/** Measures contestants in turns, so that a noisy machine is noisy for all of them alike. */
import { loadavg } from 'node:os';

/** One contestant: does its work once and answers something that depends on it. */
export type Contestant = () => number;

/** Nanoseconds per call of each contestant: best and median of the rounds. */
export interface Timing {
  readonly best: number;
  readonly median: number;
}

/** Runs every contestant once per round for about `sliceMs`, after one round to warm up. */
export function measure(
  contestants: Readonly<Record<string, Contestant>>,
  rounds = 15,
  sliceMs = 8,
): Map<string, Timing> {
  const samples = new Map<string, number[]>(Object.keys(contestants).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const nanos = slice(run, round < 0 ? sliceMs * 10 : sliceMs);
      if (round >= 0) samples.get(name)?.push(nanos);
    }
  }
  return new Map([...samples].map(([name, all]) => [name, timing(all)]));
}

/** The conditions of a run, for its first line. */
export function conditions(): string {
  return `node ${process.version}, load average ${loadavg()
    .map((load) => load.toFixed(2))
    .join(' ')}`;
}

let sunk = 0;

function slice(run: Contestant, ms: number): number {
  const started = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    for (let i = 0; i < 16; i++) sunk += run();
    calls += 16;
    elapsed = performance.now() - started;
  } while (elapsed < ms);
  if (!Number.isFinite(sunk)) throw new Error('a contestant answered something that is not a number');
  return (elapsed * 1e6) / calls;
}

function timing(samples: readonly number[]): Timing {
  const sorted = samples.toSorted((a, b) => a - b);
  return { best: sorted[0] ?? NaN, median: sorted[sorted.length >> 1] ?? NaN };
}
