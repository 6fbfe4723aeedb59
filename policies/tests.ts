/** The `tests:` of a configuration: each is a request in outline, decided by the policy itself and compared with what is expected. */
import type { ModelAlias } from '../src/core/backend.ts';
import { seededRandom } from '../src/core/clock.ts';
import type { PolicyTestConfig, WholeConfig } from '../src/core/config.ts';
import { ERROR_ROWS } from '../src/core/error-codes.ts';
import { viewOfRecord } from '../src/core/headers.ts';
import type { BackendState, Plan, PolicySnapshot, RequestFacts, StateView } from '../src/core/policy.ts';
import { bitsOf } from './filters/capability.ts';
import { plan } from './plan.ts';
import { partsOf } from './snapshot.ts';

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

/** Runs every test of the file against its compiled policy; all backends are well but those a test calls down. */
export function runPolicyTests(whole: WholeConfig, snapshot: PolicySnapshot): readonly PolicyTestResult[] {
  return whole.tests.map((test, index) => {
    const differences = differencesOf(test, decide(test, whole, snapshot));
    const lines = differences.map(({ what, want, got }) => `\n    ${what}: wanted ${want}, got ${got}`);
    const passed = differences.length === 0;
    const text = `${passed ? 'ok' : 'FAILED'}  ${test.name}${lines.join('')}`;
    return { name: test.name, index, passed, differences, text };
  });
}

/** null = no such model. */
function decide({ given }: PolicyTestConfig, whole: WholeConfig, snapshot: PolicySnapshot): Plan | null {
  const { aliases, backends } = partsOf(snapshot);
  const model = given.model ?? [...aliases.keys()][0] ?? '';
  const alias = aliases.get(model) ?? aliases.get('*');
  if (alias === undefined) return null;
  const down = new Set(given.down);
  const state: StateView = { tick: 0, at: 0, backends: backends.map(({ id }) => (down.has(id) ? DOWN : WELL)) };
  return plan(snapshot, factsOf(given, model, alias, whole), state, seededRandom(0));
}

const WELL: BackendState = Object.freeze({
  breaker: 'closed',
  probeAtTick: 0,
  probing: false,
  parkedUntilTick: 0,
  parkedBecause: null,
  inFlight: 0,
  ttftMs: null,
});
const DOWN: BackendState = Object.freeze({ ...WELL, breaker: 'open', probeAtTick: 1 });

/** Text counts a quarter of its UTF-8 bytes as tokens, which is what English takes with common tokenizers. */
const BYTES_PER_TOKEN = 4;

function factsOf(given: PolicyTestConfig['given'], model: string, alias: ModelAlias, whole: WholeConfig): RequestFacts {
  const bytes = new TextEncoder().encode(given.text ?? '').length;
  const headers = Object.entries(given.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    requestId: 'policy-test',
    at: 0,
    surface: 'openai-chat',
    model,
    alias,
    stream: given.stream ?? false,
    inputTokens: given.tokens_in ?? Math.ceil(bytes / BYTES_PER_TOKEN),
    maxOutputTokens: given.max_out ?? null,
    choices: 1,
    needs: bitsOf(given.needs ?? []) | (given.stream === true ? bitsOf(['stream']) : 0),
    bodyBytes: bytes,
    user: given.user ?? null,
    key: given.key ?? null,
    tenant: given.key === undefined ? null : (whole.keys?.[given.key]?.tenant ?? null),
    headers: viewOfRecord(Object.fromEntries(headers)),
  };
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
