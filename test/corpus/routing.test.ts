/** The figures that the ranking must keep on a public trace: cost, requests in time, and nothing where it may not go. */
import { describe, expect, it } from 'vitest';
import { run } from '../../bench/routing/run.ts';
import { hasMaterial, loadScenario, loadTrace } from '../../bench/routing/scenario.ts';
import { thalweg } from '../../bench/routing/thalweg.ts';
import { seededRandom } from '../../src/core/clock.ts';

if (!hasMaterial()) console.log('routing: skipped, the traces are not here (THALWEG_CORPUS)');

/** USD at most, by how many times as fast as they came the requests come. */
const BARS = [
  { speed: 1, usd: 6.5 },
  { speed: 2, usd: 9.3 },
];

describe.skipIf(!hasMaterial())('the Azure conversation trace', () => {
  it.for(BARS)('at $speed x costs at most $usd USD, 95 % in time, no violation', ({ speed, usd }) => {
    const scenario = loadScenario();
    const random = seededRandom(1);
    const report = run(
      scenario,
      loadTrace('azure', speed, () => random.next()),
      thalweg,
      1,
    );
    expect(report.usd).toBeLessThanOrEqual(usd);
    expect(report.attainment).toBeGreaterThanOrEqual(scenario.slo.attainment);
    expect(report.violations).toBe(0);
  });
});
