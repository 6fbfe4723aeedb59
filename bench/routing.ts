/** How well requests are routed: cost, attainment and violations of Thalweg and of named rules on public traces, under faults. */
import { seededRandom } from '../src/core/clock.ts';
import { conditions } from './interleaved.ts';
import { BASELINES } from './routing/baselines.ts';
import { lowerBound } from './routing/bound.ts';
import { run, type ChooserMaker, type RunReport } from './routing/run.ts';
import {
  FAULTS,
  hasMaterial,
  loadScenario,
  loadTrace,
  type Arrival,
  type Scenario,
  type TraceName,
} from './routing/scenario.ts';
import { thalweg } from './routing/thalweg.ts';

const SEEDS = Number(process.env['BENCH_SEEDS'] ?? 3);
const CHOOSERS: Readonly<Record<string, ChooserMaker>> = { thalweg, ...BASELINES };

interface Figure {
  readonly mean: number;
  /** Half the width of a 95 % confidence interval over the seeds. */
  readonly half: number;
}

function traceOf(name: TraceName, speed: number, seed: number): Arrival[] {
  const random = seededRandom(seed);
  return loadTrace(name, speed, () => random.next());
}

/** Student's t at 97.5 % for so many degrees of freedom. */
const T = [Infinity, 12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];

function figureOf(values: readonly number[]): Figure {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const t = T[Math.min(values.length - 1, T.length - 1)]!;
  return { mean, half: values.length < 2 ? 0 : t * Math.sqrt(variance / values.length) };
}

function text({ mean, half }: Figure, digits: number): string {
  return `${mean.toFixed(digits)} ± ${half.toFixed(digits)}`;
}

function row(name: string, reports: readonly RunReport[], slo: number): string {
  const of = (pick: (report: RunReport) => number): Figure => figureOf(reports.map(pick));
  const attained = of(({ attainment }) => attainment * 100);
  const missed = attained.mean < slo * 100 ? ' missed' : '';
  return (
    `| ${name} | ${text(
      of(({ usd }) => usd),
      2,
    )} | ${text(attained, 1)}${missed} | ` +
    `${(of(({ p95Ms }) => p95Ms).mean / 1000).toFixed(1)} | ${of(({ retries }) => retries).mean.toFixed(0)} | ` +
    `${of(({ failed }) => failed).mean.toFixed(0)} | ${of(({ violations }) => violations).mean.toFixed(0)} |`
  );
}

function table(scenario: Scenario, name: TraceName, speed: number, fault: string): void {
  const faulty = { ...scenario, backends: scenario.backends.map(FAULTS[fault]!) };
  const seeds = Array.from({ length: SEEDS }, (_, i) => i + 1);
  const traces = seeds.map((seed) => traceOf(name, speed, seed));
  console.log(`\n${name} at ${speed}x, ${fault}, ${SEEDS} seeds: ${traces[0]!.length} requests`);
  console.log('| rule | USD | in time, % | p95 s | retries | failed | violations |');
  console.log('|---|---|---|---|---|---|---|');
  for (const [chooser, make] of Object.entries(CHOOSERS)) {
    const reports = seeds.map((seed, i) => run(faulty, traces[i]!, make, seed));
    console.log(row(chooser, reports, scenario.slo.attainment));
  }
  console.log(`| lower bound | ${text(figureOf(traces.map((trace) => lowerBound(faulty, trace))), 2)} | | | | | |`);
}

if (!hasMaterial()) console.log('routing: skipped, the traces are not here (THALWEG_CORPUS)');
else {
  console.log(conditions());
  const scenario = loadScenario();
  for (const speed of [1, 2]) table(scenario, 'azure', speed, 'as published');
  table(scenario, 'mooncake', 1, 'as published');
  for (const fault of Object.keys(FAULTS).slice(1)) table(scenario, 'azure', 1, fault);
}
