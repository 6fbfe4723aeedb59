/** Random files and requests by the thousand, and the count of decisions that the naive reading of the file does not agree with. */
import { TRUST_LEVELS, type ArtifactState } from '../../../src/core/artifact.ts';
import type { Backend, Fact, FactValue } from '../../../src/core/backend.ts';
import { seededRandom, type Random } from '../../../src/core/clock.ts';
import type { ConstraintConfig, KeyConfig, RequirementConfig, WaiverConfig } from '../../../src/core/config.ts';
import type { DataClass } from '../../../src/core/data-class.ts';
import { EgressPermit } from '../../../src/core/egress.ts';
import { viewOf } from '../../../src/core/headers.ts';
import type { BackendState, PolicySnapshot, RequestFacts, StateView } from '../../../src/core/policy.ts';
import type { Preference } from '../../../src/core/preference.ts';
import { plan, recheck } from '../../../policies/index.ts';
import { CONDITIONS, naiveEligible, naiveMayLeave, type NaiveWorld } from './naive.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf, type BackendSketch } from './scene.ts';

const COUNTRIES = ['DE', 'FR', 'NO', 'US', 'CN'] as const;
const ZONES: NaiveWorld['zones'] = { home: ['DE', 'FR', 'NO'], north: ['NO'] };
const CERTS = ['iso27001', 'soc2', 'c5'];
const TENANTS = ['bank', 'shop'];
const PICKERS = ['ordered', 'weighted', 'cheapest', 'sticky'] as const;
/** 2026-11-23, 10:00 UTC. */
const NOW = 1_795_428_000_000;
const HOUR = 3_600_000;

/** Draws. */
interface Dice {
  chance(share: number): boolean;
  below(limit: number): number;
  one<T>(list: readonly T[]): T;
  some<T>(list: readonly T[]): T[];
}

function createDice(random: Random): Dice {
  const below = (limit: number): number => Math.floor(random.next() * limit);
  return {
    chance: (share) => random.next() < share,
    below,
    one: (list) => list[below(list.length)]!,
    some: (list) => list.filter(() => random.next() < 0.5),
  };
}

/** A compiled file. */
interface RandomFile {
  readonly policy: PolicySnapshot;
  readonly backends: readonly Backend[];
  readonly constraints: readonly ConstraintConfig[];
  readonly tenants: Readonly<Record<string, { readonly constraints: readonly ConstraintConfig[] }>>;
  readonly keys: Readonly<Record<string, KeyConfig>>;
  readonly waivers: readonly WaiverConfig[];
  readonly picker: (typeof PICKERS)[number];
}

function randomFile(dice: Dice): RandomFile {
  const backends = backendsOf(...Array.from({ length: 2 + dice.below(14) }, () => randomBackend(dice)));
  const list = (prefix: string, most: number): ConstraintConfig[] =>
    Array.from({ length: dice.below(most + 1) }, (_, i) => randomConstraint(`${prefix}${i}`, dice));
  const constraints = list('c', 2);
  const tenants = Object.fromEntries(TENANTS.map((tenant) => [tenant, { constraints: list(`${tenant}-`, 1) }]));
  const keys = Object.fromEntries(
    [...TENANTS, null].map((tenant, i): [string, KeyConfig] => [
      `k${i}`,
      {
        hash: `sha256:${i}`,
        permissions: [],
        constraints: list(`k${i}-`, 1),
        ...(tenant === null ? {} : { tenant }),
      },
    ]),
  );
  const named = [constraints, ...Object.values(tenants).map((one) => one.constraints)].flat();
  const waivers = named.filter(() => dice.chance(0.2)).map((one, i) => randomWaiver(`w${i}`, one.id, backends, dice));
  const picker = dice.one(PICKERS);
  const sections = { constraints, tenants, keys, waivers, zones: ZONES, aliases: [aliasOf(backends, picker)] };
  const objective = { minimise: 'cost' as const, subject_to: { ttft_p95: 600 } };
  const rules = [
    { id: 'streams', match: 'request.stream', attempts: { max: 5 }, objective },
    { id: 'rest', match: 'true' },
  ];
  return { policy: policyOf(backends, { ...sections, rules }), backends, constraints, tenants, keys, waivers, picker };
}

function randomBackend(dice: Dice): BackendSketch {
  const fact = (value: FactValue): Fact => ({
    value,
    grade: dice.one(['declared', 'contractual', 'reported', 'attested'] as const),
    source: 'random',
    asOf: null,
    ...(dice.chance(0.1) ? { endsAt: NOW + dice.one([-HOUR, 0, HOUR]) } : {}),
  });
  const facts = {
    'operator.country': fact(dice.one(COUNTRIES)),
    'operator.control': fact(someOf(COUNTRIES, dice).slice(0, 2)),
    'compute.countries': fact(someOf(COUNTRIES, dice).slice(0, 2)),
    retention_days: fact(dice.below(3)),
    trains_on_data: fact(dice.chance(0.3)),
    network: fact(dice.one(['public', 'perimeter'])),
    certs: fact(dice.some(CERTS)),
    'sovereignty.seal': fact(dice.below(5)),
  };
  return {
    facts: Object.fromEntries(Object.entries(facts).filter(() => dice.chance(0.95))),
    context: dice.one([null, 100, 10_000]),
    absent: dice.below(4),
    pool: dice.one([null, null, 0, 1]),
    artifact: dice.chance(0.4) ? { id: 'r1', level: dice.one(TRUST_LEVELS) } : null,
    price: dice.chance(0.8) ? { inputUsd: dice.below(9), outputUsd: dice.below(9) } : null,
  };
}

function someOf<T>(list: readonly T[], dice: Dice): T[] {
  const some = dice.some(list);
  return some.length === 0 ? [dice.one(list)] : some;
}

function randomConstraint(id: string, dice: Dice): ConstraintConfig {
  const require = Object.fromEntries(
    someOf(Object.keys(REQUIREMENTS), dice)
      .slice(0, 2)
      .map((key) => [key, REQUIREMENTS[key]!(dice)]),
  );
  return {
    id,
    ...(dice.chance(0.85) ? { when: dice.one(CONDITIONS)[0] } : {}),
    require,
    ...(dice.chance(0.15) ? { min_grade: dice.one(['contractual', 'reported'] as const) } : {}),
  };
}

const ofPlaces = (dice: Dice): RequirementConfig => {
  const places = dice.chance(0.5) ? dice.one(['home', 'north', 'DE']) : someOf(COUNTRIES, dice);
  return dice.one<RequirementConfig>([{ subset: places }, { in: places }, { not_in: places }]);
};
const REQUIREMENTS: Readonly<Record<string, (dice: Dice) => RequirementConfig>> = {
  'operator.country': ofPlaces,
  'operator.control': ofPlaces,
  'compute.countries': ofPlaces,
  retention_days: (dice) => dice.one<RequirementConfig>([0, { max: dice.below(3) }, { min: dice.below(2) }]),
  trains_on_data: (dice) => dice.chance(0.3),
  network: (dice) =>
    dice.one<RequirementConfig>(['perimeter', { in: ['public', 'perimeter'] }, { not_in: ['public'] }]),
  certs: (dice) => dice.one<RequirementConfig>([{ all: someOf(CERTS, dice) }, { any: someOf(CERTS, dice) }]),
  'sovereignty.seal': (dice) => ({ min: dice.below(5) }),
  'artifact.signature': () => 'verified',
  'artifact.level': (dice) => dice.one<RequirementConfig>([dice.one(TRUST_LEVELS), { min: dice.one(TRUST_LEVELS) }]),
};

function randomWaiver(id: string, constraint: string, backends: readonly Backend[], dice: Dice): WaiverConfig {
  return {
    id,
    constraint,
    backends: someOf(backends, dice).map((backend) => backend.id),
    reason: 'random',
    approver: 'dice',
    expires: dice.one(['2026-11-22', '2026-11-23', '2027-01-01']),
    ...(dice.chance(0.3) ? { tenants: dice.some(TENANTS) } : {}),
    ...(dice.chance(0.3) ? { keys: dice.some(['k0', 'k1', 'k2']) } : {}),
  };
}

function randomFacts({ backends, picker, keys }: RandomFile, dice: Dice): RequestFacts {
  const key = dice.one(Object.keys(keys));
  return factsOf(
    aliasOf(
      backends,
      picker,
      backends.map(() => 1 + dice.below(3)),
    ),
    {
      at: NOW,
      stream: dice.chance(0.5),
      key,
      tenant: keys[key]!.tenant ?? null,
      maxOutputTokens: dice.one([null, 10, 100]),
      inputTokens: dice.one([10, 95, 5000]),
      needs: dice.below(4),
      headers: dice.one([viewOf([]), viewOf(['x-class', 'secret']), viewOf(['x-class', 'open'])]),
      data: { class: dice.one<DataClass>([0, 1, 2, 3]), labels: dice.some(['pii', 'secret']), because: [] },
      stick: dice.below(1000),
      ...(dice.chance(0.2) ? { preference: randomPreference(backends, dice) } : {}),
    },
  );
}

function randomPreference(backends: readonly Backend[], dice: Dice): Preference {
  const ids = backends.map(({ id }) => id);
  return {
    order: dice.chance(0.5) ? dice.some(ids) : [],
    only: dice.chance(0.3) ? [someOf(ids, dice)] : [],
    ignore: dice.chance(0.3) ? dice.some(ids) : [],
    sort: dice.one([null, 'price', 'latency', 'throughput']),
    maxInputUsd: null,
    maxOutputUsd: null,
    zeroRetention: dice.chance(0.3),
    denyCollection: false,
    fallbacks: true,
    requireParameters: false,
    unjudged: [],
    backend: dice.chance(0.2) ? dice.one(ids) : null,
  };
}

function randomState(count: number, dice: Dice): StateView {
  const ill: readonly Partial<BackendState>[] = [
    { breaker: 'open', probeAtTick: 5000 },
    { breaker: 'open', probeAtTick: 500 },
    { breaker: 'half-open', probing: true },
    { parkedUntilTick: 3000, parkedBecause: 'rate-limit' },
    { inFlight: 7 },
  ];
  const own = Object.fromEntries(Array.from({ length: count }, (_, i) => [i, dice.chance(0.2) ? dice.one(ill) : {}]));
  const pool = () => {
    const [running, waiting] = dice.one([
      [0, 0],
      [4, 0],
      [4, 2],
    ] as const);
    return { slots: 4, running, waiting, maxWaiting: 2, holdMs: 300, usdPerSlotMs: 1e-7 };
  };
  const artifacts = Array.from({ length: count }, () => (dice.chance(0.1) ? null : randomLease(dice)));
  return { ...stateOf(count, own), at: NOW, pools: [pool(), pool()], artifacts };
}

function randomLease(dice: Dice): ArtifactState {
  return {
    untilTick: dice.one([0, 5000, 5000]),
    fault: dice.one([null, { rule: 'files-differ', what: 'x' }]),
    level: dice.one(TRUST_LEVELS),
    levelWhat: 'its name',
    levelUntilTick: dice.one([0, 5000, 5000]),
  };
}

/** The file as the naive reading takes it for one caller. */
function naiveFor(file: RandomFile, facts: RequestFacts, state: StateView): NaiveWorld {
  const { constraints, tenants, keys, waivers, backends } = file;
  const { key, tenant } = facts;
  return {
    backends,
    facts,
    state,
    zones: ZONES,
    constraints: [
      ...constraints,
      ...(tenant === null ? [] : tenants[tenant]!.constraints),
      ...(key === null ? [] : (keys[key]!.constraints ?? [])),
    ],
    isWaived: (constraint, backend) =>
      waivers.some(
        (waiver) =>
          waiver.constraint === constraint &&
          waiver.backends.includes(backend) &&
          Date.parse(waiver.expires) + 24 * HOUR > NOW &&
          (waiver.tenants === undefined || (tenant !== null && waiver.tenants.includes(tenant))) &&
          (waiver.keys === undefined || (key !== null && waiver.keys.includes(key))),
      ),
  };
}

/** What became of many decisions. */
export interface ViolationCount {
  readonly requests: number;
  readonly attempts: number;
  readonly refusals: number;
  /** Attempts, permits or refusals that the naive reading does not agree with. */
  readonly violations: number;
  /** The first of them, in words; null = none. */
  readonly first: string | null;
}

/** Decides `requests` random requests, `perFile` under each random file, and holds every one to the naive reading. */
export function countViolations(requests: number, perFile: number, seed: number): ViolationCount {
  const random = seededRandom(seed);
  const dice = createDice(random);
  let [attempts, refusals, violations, file] = [0, 0, 0, randomFile(dice)];
  let first: string | null = null;
  for (let i = 0; i < requests; i++) {
    if (i % perFile === 0) file = randomFile(dice);
    const facts = randomFacts(file, dice);
    const state = randomState(file.backends.length, dice);
    const naive = naiveFor(file, facts, state);
    const allowed = naiveEligible(naive);
    const made = plan(file.policy, facts, state, seededRandom(i));
    attempts += made.attempts.length;
    refusals += Number(made.refusal !== null);
    const probe = dice.one(file.backends);
    const permit = recheck(file.policy, facts, probe, state, 'attempt', 'd') instanceof EgressPermit;
    const wrong = made.attempts.filter(({ backend }) => !allowed.includes(backend.id)).map(({ backend }) => backend.id);
    if ((made.refusal === null) !== allowed.length > 0) wrong.push('a refusal, or none');
    if (permit !== naiveMayLeave(naive, probe)) wrong.push(`a permit for ${probe.id}`);
    violations += wrong.length;
    if (wrong.length > 0) first ??= `request ${i} of seed ${seed}: ${wrong.join(', ')}`;
  }
  return { requests, attempts, refusals, violations, first };
}
