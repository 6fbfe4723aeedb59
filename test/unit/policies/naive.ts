/** The policy language read as plainly as it can be: no masks, no compilation, no order; what the compiled policy is held to. */
import type { Backend, Fact, FactKey } from '../../../src/core/backend.ts';
import type { ConstraintConfig } from '../../../src/core/config.ts';
import type { RequestFacts, StateView } from '../../../src/core/policy.ts';

/** Conditions with what they mean, so that the naive reading needs no CEL; what cannot be decided counts as true. */
export const CONDITIONS: readonly (readonly [string, (facts: RequestFacts) => boolean])[] = [
  ['request.stream', ({ stream }) => stream],
  ['key.tenant == "bank"', ({ tenant }) => tenant === 'bank'],
  ['request.headers["x-class"] == "secret"', ({ headers }) => (headers.get('x-class') ?? 'secret') === 'secret'],
  ['request.max_out > 50', ({ maxOutputTokens }) => maxOutputTokens === null || maxOutputTokens > 50],
  ['data.class >= CONFIDENTIAL', ({ data }) => data.class >= 2],
  ['"pii" in data.labels', ({ data }) => data.labels.includes('pii')],
  ['data.class >= INTERNAL && "tools" in request.needs', ({ data, needs }) => data.class >= 1 && (needs & 1) !== 0],
];

/** A file, a request and a moment, as the naive reading takes them. */
export interface NaiveWorld {
  readonly backends: readonly Backend[];
  readonly facts: RequestFacts;
  readonly state: StateView;
  readonly constraints: readonly ConstraintConfig[];
  readonly zones: Readonly<Record<string, readonly string[]>>;
  /** True where a constraint is waived for a backend; absent = none is. */
  readonly isWaived?: (constraint: string, backend: string) => boolean;
}

/** Ids of the backends that may be planned for, in the order of the list. */
export function naiveEligible(world: NaiveWorld): string[] {
  const { backends, state } = world;
  return backends
    .filter((backend) => {
      const pool = backend.pool === null ? undefined : state.pools[backend.pool];
      const hasRoom = pool === undefined || pool.running < pool.slots || pool.waiting < pool.maxWaiting;
      return hasRoom && naiveMayLeave(world, backend);
    })
    .map(({ id }) => id);
}

/** True where a request may be sent to a backend right now, its slot aside. */
export function naiveMayLeave(world: NaiveWorld, backend: Backend): boolean {
  const { facts, state, constraints, isWaived } = world;
  const health = state.backends[backend.index]!;
  const isWell =
    health.parkedUntilTick <= state.tick &&
    (health.breaker === 'closed' || (health.probeAtTick <= state.tick && !health.probing));
  const window = backend.contextTokens;
  const fits = window === null || facts.inputTokens + (facts.maxOutputTokens ?? 0) <= window;
  const isAble = (facts.needs & backend.capabilities.absent) === 0;
  const isOpen =
    backend.artifact == null || (isVerified(backend, state) && levelOf(backend, state) >= backend.artifact.level);
  const allows = (one: ConstraintConfig): boolean =>
    !holds(one.when, facts) || isWaived?.(one.id, backend.id) === true || satisfies(one, backend, world);
  return isWell && isOpen && fits && isAble && isWanted(facts, backend) && constraints.every(allows);
}

/** What the request itself wants: it may only take away. */
function isWanted({ preference, at }: RequestFacts, backend: Backend): boolean {
  if (preference === undefined) return true;
  const { only, ignore, zeroRetention, backend: named } = preference;
  if (named !== null && named !== backend.id) return false;
  if (ignore.includes(backend.id) || only.some((list) => !list.includes(backend.id))) return false;
  return !zeroRetention || known(backend, 'retention_days', at)?.value === 0;
}

/** True where a condition holds for a request; absent = always. */
export function holds(when: string | undefined, facts: RequestFacts): boolean {
  const condition = CONDITIONS.find(([text]) => text === when);
  return condition === undefined || condition[1](facts);
}

const GRADES = ['declared', 'contractual', 'reported', 'attested'];

/** A fact that has not ended. */
function known(backend: Backend, key: FactKey, at: number): Fact | undefined {
  const fact = backend.facts.get(key);
  return fact?.endsAt !== undefined && fact.endsAt <= at ? undefined : fact;
}

/** What is known of the files behind a backend at this moment. */
function ofArtifact(key: string, backend: Backend, state: StateView): Fact | undefined {
  if (backend.artifact == null) return undefined;
  const common = { source: 'this gateway', asOf: null };
  if (key === 'artifact.level') return { value: levelOf(backend, state), grade: 'reported', ...common };
  return isVerified(backend, state) ? { value: 'verified', grade: 'attested', ...common } : undefined;
}

function isVerified({ index }: Backend, { artifacts, tick }: StateView): boolean {
  return (artifacts?.[index]?.untilTick ?? 0) > tick;
}

function levelOf({ index }: Backend, { artifacts, tick }: StateView): string {
  const lease = artifacts?.[index];
  return lease != null && lease.levelUntilTick > tick ? lease.level : 'T0';
}

function satisfies(
  { require: wanted, min_grade: grade = 'declared' }: ConstraintConfig,
  backend: Backend,
  { zones, facts: { at }, state }: NaiveWorld,
): boolean {
  return Object.entries(wanted).every(([key, requirement]) => {
    const isLive = key.startsWith('artifact.');
    const fact = isLive ? ofArtifact(key, backend, state) : known(backend, key as FactKey, at);
    if (fact === undefined || GRADES.indexOf(fact.grade) < GRADES.indexOf(grade)) return false;
    const { value } = fact;
    const values = Array.isArray(value) ? value : [value];
    if (typeof requirement !== 'object') return values.length === 1 && values[0] === requirement;
    if ('max' in requirement) return Number(value) <= requirement.max;
    // levels stand in the order of their names
    if ('min' in requirement) return isLive ? value >= requirement.min : Number(value) >= Number(requirement.min);
    const [form, named] = Object.entries(requirement)[0] as [string, string | string[]];
    const set = [named].flat().flatMap((name) => zones[name] ?? [name]);
    if (form === 'all') return set.every((name) => values.includes(name));
    if (form === 'any') return set.some((name) => values.includes(name));
    return values.every((item) => set.includes(item) === (form !== 'not_in'));
  });
}
