/** A request in outline, judged as a real one would be: what the tests of a file and the dry run of the command line ask. */
import type { ArtifactState } from '../src/core/artifact.ts';
import type { ModelAlias } from '../src/core/backend.ts';
import { seededRandom } from '../src/core/clock.ts';
import { dataClassOf, joinLabels, UNCLASSIFIED, type DataFacts } from '../src/core/data-class.ts';
import type { PolicyTestConfig, WholeConfig } from '../src/core/config.ts';
import { viewOfRecord } from '../src/core/headers.ts';
import { BACKEND_HEADER, PREFER_HEADER, readPreferHeaders } from '../src/core/read-preference.ts';
import { LatencyModel } from '../src/core/latency-model.ts';
import type { BackendState, Plan, PolicySnapshot, PoolState, RequestFacts, StateView } from '../src/core/policy.ts';
import { bitsOf } from './filters/capability.ts';
import { plan } from './plan.ts';
import { partsOf } from './snapshot.ts';

/** A request in outline. */
export type GivenRequest = PolicyTestConfig['given'];

/** A decision with everything that it was made from. */
export interface JudgedRequest {
  readonly facts: RequestFacts;
  readonly state: StateView;
  readonly plan: Plan;
}

/** When, and by which dice. */
export interface Moment {
  /** Wall clock, ms since the epoch. */
  readonly at: number;
  readonly seed: number;
}

/**
 * Judges an outline: without a model the first of the file is asked for, all backends are well but those that are `down`.
 * null = no such model.
 * @throws GatewayError `invalid-value` when its headers want backends in words that mean nothing
 */
export function judgeGiven(
  given: GivenRequest,
  whole: WholeConfig,
  snapshot: PolicySnapshot,
  { at, seed }: Moment,
): JudgedRequest | null {
  const tenant = given.key === undefined ? null : (whole.keys?.[given.key]?.tenant ?? null);
  const { aliases, backends } = partsOf(snapshot, { at, key: given.key ?? null, tenant });
  const model = given.model ?? [...aliases.keys()][0] ?? '';
  const alias = aliases.get(model) ?? aliases.get('*');
  if (alias === undefined) return null;
  const down = new Set(given.down);
  const state: StateView = {
    tick: 0,
    at,
    backends: backends.map(({ id }) => (down.has(id) ? DOWN : WELL)),
    pools: poolsOf(given, whole),
    missUsd: [],
    artifacts: backends.map(() => VERIFIED),
  };
  const outline = { ...factsOf(given, model, alias, tenant), at };
  const facts = { ...outline, data: dataOf(given, outline, snapshot) };
  return { facts, state, plan: plan(snapshot, facts, state, seededRandom(seed)) };
}

/** What the stage finds in the text, and what the outline says of itself. */
function dataOf(given: GivenRequest, facts: RequestFacts, { classify }: PolicySnapshot): DataFacts {
  const body = () => JSON.stringify({ messages: [{ role: 'user', content: given.text ?? '' }] });
  const found = classify?.classify(facts, body, false) ?? UNCLASSIFIED;
  const said = given.class === undefined ? null : dataClassOf(given.class);
  return {
    ...found,
    class: said === null || said < found.class ? found.class : said,
    labels: joinLabels(found.labels, given.labels ?? []),
  };
}

/** Every pool of the file, empty or full. */
function poolsOf({ saturated = [] }: GivenRequest, { pools = {} }: WholeConfig): readonly PoolState[] {
  return Object.entries(pools).map(([id, { limit, queue }]) => {
    const isFull = saturated.includes(id);
    return {
      slots: limit,
      running: isFull ? limit : 0,
      waiting: isFull ? queue.max_depth : 0,
      maxWaiting: queue.max_depth,
      holdMs: 0,
      usdPerSlotMs: 0,
    };
  });
}

const WELL: BackendState = Object.freeze({
  breaker: 'closed',
  probeAtTick: 0,
  probing: false,
  parkedUntilTick: 0,
  parkedBecause: null,
  inFlight: 0,
  latency: new LatencyModel(),
});
/** Files are not looked at in an outline: it asks what the policy says while they are as they should be. */
const VERIFIED: ArtifactState = Object.freeze({
  untilTick: Infinity,
  fault: null,
  level: 'T2',
  levelWhat: '',
  levelUntilTick: Infinity,
});
const DOWN: BackendState = Object.freeze({ ...WELL, breaker: 'open', probeAtTick: 1 });

/** Text counts a quarter of its UTF-8 bytes as tokens, which is what English takes with common tokenizers. */
const BYTES_PER_TOKEN = 4;

function factsOf(given: GivenRequest, model: string, alias: ModelAlias, tenant: string | null): RequestFacts {
  const bytes = new TextEncoder().encode(given.text ?? '').length;
  const named = Object.entries(given.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = viewOfRecord(Object.fromEntries(named));
  const preference = readPreferHeaders(headers.get(PREFER_HEADER), headers.get(BACKEND_HEADER));
  return {
    requestId: 'outline',
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
    tenant,
    headers,
    data: UNCLASSIFIED,
    ...(preference === null ? {} : { preference }),
  };
}
