/** The `tests:` of a configuration: each is a request in outline, decided by the policy itself and compared with what is expected. */
import type { ConfigFinding, PolicyTestConfig, WholeConfig } from '../src/core/config.ts';
import { ERROR_ROWS } from '../src/core/error-codes.ts';
import { nameOfClass, type DataFacts } from '../src/core/data-class.ts';
import type { Plan, PolicySnapshot } from '../src/core/policy.ts';
import { judgeGiven } from './given.ts';

/** One expectation that did not hold. */
export interface PolicyTestDifference {
  /** The key under `expect:`. */
  readonly what: string;
  readonly want: string;
  readonly got: string;
}

/** What became of one test. */
export interface PolicyTestResult {
  readonly name: string;
  /** Position in `tests:`. */
  readonly index: number;
  readonly passed: boolean;
  readonly differences: readonly PolicyTestDifference[];
  /** One line, with a line for each difference below it. */
  readonly text: string;
}

/**
 * Runs the tests of a file against its compiled policy; all backends are well but those a test calls down.
 * @param isRun whether a test is run, by its position; absent = all are
 */
export function runPolicyTests(
  whole: WholeConfig,
  snapshot: PolicySnapshot,
  isRun: (index: number) => boolean = () => true,
): readonly PolicyTestResult[] {
  return whole.tests.flatMap((test, index) => {
    if (!isRun(index)) return [];
    const judged = judgeGiven(test.given, whole, snapshot, { at: 0, seed: 0 });
    const differences = [
      ...dataDifferences(test, judged?.facts.data ?? null),
      ...differencesOf(test, judged?.plan ?? null),
    ];
    const lines = differences.map((one) => `\n    ${describe(one)}`);
    const passed = differences.length === 0;
    const text = `${passed ? 'ok' : 'FAILED'}  ${test.name}${lines.join('')}`;
    return { name: test.name, index, passed, differences, text };
  });
}

/** The tests of the file that do not hold, as findings at their place. */
export function findFailedTests(
  whole: WholeConfig,
  snapshot: PolicySnapshot,
  isRun?: (index: number) => boolean,
): readonly ConfigFinding[] {
  return runPolicyTests(whole, snapshot, isRun)
    .filter(({ passed }) => !passed)
    .map(({ name, index, differences }) => ({
      at: ['tests', index],
      code: 'policy-test-failed',
      message: `the test "${name}" does not hold: ${differences.map(describe).join('; ')}`,
      fix: 'mend the policy, or change what the test expects',
    }));
}

function describe({ what, want, got }: PolicyTestDifference): string {
  return `${what}: wanted ${want}, got ${got}`;
}

function dataDifferences({ expect }: PolicyTestConfig, data: DataFacts | null): readonly PolicyTestDifference[] {
  const got = data === null ? 'none' : nameOfClass(data.class).toLowerCase();
  const labels = listed(data?.labels ?? []);
  const because = (data?.because ?? []).map(
    ({ source, name, field }) => `${source} ${name}${field === null ? '' : ` in ${field}`}`,
  );
  const differences: PolicyTestDifference[] = [];
  if (expect.class !== undefined && expect.class !== got) {
    differences.push({
      what: 'class',
      want: expect.class,
      got: `${got} (${because.join(', ') || 'nothing says more'})`,
    });
  }
  const wanted = expect.labels && listed(expect.labels.toSorted());
  if (wanted !== undefined && wanted !== labels) differences.push({ what: 'labels', want: wanted, got: labels });
  return differences;
}

function differencesOf({ expect }: PolicyTestConfig, made: Plan | null): readonly PolicyTestDifference[] {
  const eligible = (made?.trace ?? [])
    .filter(({ rejections }) => rejections.length === 0)
    .map(idOf)
    .sort();
  const code = made === null ? 'model-not-found' : (made.refusal?.code ?? null);
  const differences: PolicyTestDifference[] = [];
  const compare = (what: string, want: string | number | undefined, got: string | number | null): void => {
    if (want !== undefined && want !== got) differences.push({ what, want: String(want), got: String(got ?? 'none') });
  };
  compare('rule', expect.rule, made?.rule ?? null);
  compare('first', expect.first, made?.attempts[0]?.backend.id ?? null);
  compare('eligible', expect.eligible && listed(expect.eligible.toSorted()), listed(eligible));
  for (const id of expect.not_eligible ?? []) {
    if (eligible.includes(id))
      differences.push({ what: 'not_eligible', want: `${id} rejected`, got: `${id} eligible` });
  }
  for (const [id, wanted] of Object.entries(expect.denied ?? {})) {
    const one = made?.trace.find((candidate) => idOf(candidate) === id);
    const got = [...new Set(one?.rejections.map((rejection) => rejection.id))].sort();
    compare(`denied ${id}`, listed(wanted.toSorted()), one === undefined ? 'no candidate' : listed(got));
  }
  compare('code', expect.code, code);
  compare('status', expect.status, code === null ? 200 : ERROR_ROWS[code].status);
  if (differences.length > 0 && made !== null) differences.push(...reasons(expect, made));
  return differences;
}

/** Why a backend that was wanted is out. */
function reasons({ eligible = [], first }: PolicyTestConfig['expect'], { trace }: Plan): PolicyTestDifference[] {
  const wanted = new Set([...eligible, ...(first === undefined ? [] : [first])]);
  return trace
    .filter((one) => one.rejections.length > 0 && wanted.has(idOf(one)))
    .flatMap((one) =>
      one.rejections.map(({ id, key, want, got }) => ({ what: `${idOf(one)} (${id})`, want: `${key} ${want}`, got })),
    );
}

function idOf({ candidate }: Plan['trace'][number]): string {
  return candidate.backend.id;
}

function listed(ids: readonly string[]): string {
  return `[${ids.join(', ')}]`;
}
