/** Makes a recorded decision again: the same policy, facts, figures and dice give the same plan, to the byte. */
import type { ArtifactState } from '../../src/core/artifact.ts';
import type { ModelAlias } from '../../src/core/backend.ts';
import { seededRandom } from '../../src/core/clock.ts';
import { viewOfRecord } from '../../src/core/headers.ts';
import type { BackendState, Plan, PolicySnapshot, PoolState, RequestFacts, StateView } from '../../src/core/policy.ts';
import { recordedLatency } from '../../src/core/recorded-latency.ts';
import { plan } from '../plan.ts';
import { partsOf, type PolicyParts } from '../snapshot.ts';
import { witnessSchema, type Witness } from './schema.ts';

/** A record that is none, or that no decision can be made from under this policy; the message says why. */
export class ReplayError extends Error {}

/** A decision that was made again, with everything that it was made from. */
export interface Replayed {
  readonly facts: RequestFacts;
  readonly state: StateView;
  readonly plan: Plan;
  readonly decision: { readonly id: string; readonly seed: number };
  /** What the record says came out: rule, attempts in order, code of the refusal. */
  readonly recorded: Witness['plan'];
  /** True where the same came out. */
  readonly isSame: boolean;
}

/**
 * Replays one line of the decision log, parsed.
 * @throws ReplayError when it is no such record, another policy made it, or it lacks a header that conditions look at
 */
export function replay(policy: PolicySnapshot, line: unknown): Replayed {
  const { data: record, error } = witnessSchema.safeParse(line);
  if (record === undefined) {
    const [issue] = error.issues;
    throw new ReplayError(
      `this is no recorded decision: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
    );
  }
  if (record.policy !== policy.digest) {
    throw new ReplayError(`the policy ${record.policy} decided this, not ${policy.digest}`);
  }
  if (record.catalogue !== policy.catalogue) {
    throw new ReplayError(
      `other prices or places of vendors decided this: ${record.catalogue}, not ${policy.catalogue}`,
    );
  }
  const { facts: given } = record;
  if (given.headers === null) {
    throw new ReplayError(
      'the policy looks at a header or user that no record may carry, so nothing can be decided again',
    );
  }
  const parts = partsOf(policy, given);
  const facts = factsOf(record, given.headers, parts);
  const state = stateOf(record, parts);
  const made = plan(policy, facts, state, seededRandom(record.seed));
  const decision = { id: record.decision, seed: record.seed };
  return { facts, state, plan: made, decision, recorded: record.plan, isSame: isSame(record.plan, made) };
}

function isSame({ rule, attempts, refusal }: Witness['plan'], made: Plan): boolean {
  const now = made.attempts.map(({ backend, mode }) => [backend.id, mode]);
  return rule === made.rule && refusal === (made.refusal?.code ?? null) && String(attempts) === String(now);
}

function factsOf(
  { request, facts: given }: Witness,
  headers: Readonly<Record<string, string>>,
  parts: PolicyParts,
): RequestFacts {
  const { stick, place, sealed, preference } = given;
  return {
    requestId: request,
    at: given.at,
    surface: given.surface,
    model: given.model,
    alias: aliasOf(given.alias, parts),
    stream: given.stream,
    inputTokens: given.tokens_in,
    maxOutputTokens: given.max_out,
    choices: given.choices,
    needs: given.needs,
    bodyBytes: given.body_bytes,
    user: given.user ?? null,
    key: given.key,
    tenant: given.tenant,
    headers: viewOfRecord(headers),
    data: given.data,
    ...(stick === undefined ? {} : { stick }),
    ...(place === undefined ? {} : { place }),
    ...(sealed === undefined ? {} : { sealed: { origin: sealed } }),
    ...(preference === undefined ? {} : { preference }),
  };
}

/** The alias as the request had it: a stored conversation leaves one backend of it. */
function aliasOf({ id, pick, backends }: Witness['facts']['alias'], parts: PolicyParts): ModelAlias {
  const candidates = backends.map(([name, weight]) => ({ backend: backendOf(name, parts), weight }));
  return { id, candidates, picker: pick, answer: parts.aliases.get(id)?.answer ?? 'asked' };
}

function backendOf(id: string, { backends }: PolicyParts): PolicyParts['backends'][number] {
  const backend = backends.find((one) => one.id === id);
  if (backend === undefined) throw new ReplayError(`there is no backend "${id}"`);
  return backend;
}

function stateOf({ state }: Witness, parts: PolicyParts): StateView {
  const backends: BackendState[] = [];
  const pools: PoolState[] = [];
  const missUsd: number[] = [];
  for (const [id, one] of Object.entries(state.backends)) backends[backendOf(id, parts).index] = backendState(one);
  for (const [index, one] of Object.entries(state.pools)) pools[Number(index)] = poolState(one);
  for (const [index, usd] of Object.entries(state.miss_usd)) missUsd[Number(index)] = usd;
  const artifacts: (ArtifactState | null)[] = [];
  for (const [id, one] of Object.entries(state.artifacts)) artifacts[backendOf(id, parts).index] = artifactState(one);
  return { tick: state.tick, at: state.at, backends, pools, missUsd, artifacts };
}

function artifactState(one: Witness['state']['artifacts'][string]): ArtifactState | null {
  if (one === null) return null;
  const { until, fault, level } = one;
  return { untilTick: until, fault, level, levelWhat: one.level_what, levelUntilTick: one.level_until };
}

function backendState(one: Witness['state']['backends'][string]): BackendState {
  return {
    breaker: one.breaker,
    probeAtTick: one.probe_at,
    probing: one.probing,
    parkedUntilTick: one.parked_until,
    parkedBecause: one.parked_because,
    inFlight: one.in_flight,
    latency: recordedLatency(one.latency),
  };
}

function poolState(one: Witness['state']['pools'][string]): PoolState {
  const { slots, running, waiting } = one;
  return {
    slots,
    running,
    waiting,
    maxWaiting: one.max_waiting,
    holdMs: one.hold_ms,
    usdPerSlotMs: one.usd_per_slot_ms,
  };
}
