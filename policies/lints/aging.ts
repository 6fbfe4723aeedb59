/** L7 and L11: facts that let a backend in although nobody confirmed them, although they are old, or only for a few days more. */
import type { Backend, Fact, FactKey } from '../../src/core/backend.ts';
import type { ConfigFinding, ConfigPath } from '../../src/core/config.ts';
import { EDITORIAL } from '../../src/core/fact.ts';
import { endsOf, valueAt } from '../facts.ts';
import { partsOf, type PolicyParts } from '../snapshot.ts';
import type { Lint, LintWorld } from './world.ts';

const DAY_MS = 86_400_000;
/** The age beyond which somebody's word should be asked for again. */
const OLD_DAYS = 180;
/** How long before an end it is spoken of. */
const SOON_DAYS = 30;

/** At most one finding of a kind per backend. */
export const aging: Lint = (world) => {
  const used = new Set(world.aliases.flatMap(({ candidates }) => candidates.map(({ backend }) => backend)));
  const all = everyParts(world);
  return [...used].flatMap((backend): ConfigFinding[] => {
    const facts = [...restedOn(backend, all)].flatMap((key): [FactKey, Fact][] => {
      const fact = backend.facts.get(key);
      return fact === undefined ? [] : [[key, fact]];
    });
    return [...unconfirmed(backend, facts), ...old(backend, facts, world.at), ...ending(world, backend, facts)];
  });
};

/** What the callers are judged by that lints tell apart, the constraints of tenants and keys among it. */
function everyParts({ kinds, snapshot, at }: LintWorld): ReadonlySet<PolicyParts> {
  return new Set([
    partsOf(snapshot, { at, key: null, tenant: null }),
    ...kinds.map(({ key, tenant }) => partsOf(snapshot, { at, key, tenant })),
  ]);
}

/** The facts by which some constraint lets a backend in; one that is out anyway rests on nothing. */
function restedOn(backend: Backend, all: ReadonlySet<PolicyParts>): ReadonlySet<FactKey> {
  const constraints = new Set([...all].flatMap((parts) => parts.constraints));
  const met = [...constraints].filter(({ failures }) => failures(backend).length === 0);
  return new Set(met.flatMap(({ requirements }) => requirements.map(({ key }) => key)));
}

type Known = readonly (readonly [FactKey, Fact])[];

function unconfirmed(backend: Backend, facts: Known): ConfigFinding[] {
  const keys = facts.filter(([, { source }]) => source === EDITORIAL).map(([key]) => key);
  if (keys.length === 0) return [];
  const message = `constraints let "${backend.id}" in by general knowledge that nobody confirmed: ${keys.join(', ')}`;
  return [finding(['backends', backend.id], 'fact-unconfirmed', message, keys)];
}

function old(backend: Backend, facts: Known, at: number): ConfigFinding[] {
  const aged = facts.filter(([, { grade, source, asOf }]) => {
    return grade === 'declared' && source !== EDITORIAL && asOf !== null && at - Date.parse(asOf) > OLD_DAYS * DAY_MS;
  });
  if (aged.length === 0) return [];
  const words = aged.map(([key, { asOf }]) => `${key} of ${asOf}`).join(', ');
  const message = `constraints let "${backend.id}" in by what was said more than ${OLD_DAYS} days ago: ${words}`;
  return [
    finding(
      ['backends', backend.id],
      'fact-old',
      message,
      aged.map(([key]) => key),
    ),
  ];
}

/** What has ended already is said where it stands. */
function ending({ at, whole }: LintWorld, backend: Backend, facts: Known): ConfigFinding[] {
  return facts.flatMap(([key, fact]): ConfigFinding[] => {
    const ends = endsOf(fact).filter((end) => end > at && end <= at + SOON_DAYS * DAY_MS);
    if (ends.length === 0) return [];
    const end = Math.min(...ends);
    const what = typeof fact.value === 'object' && fact.itemEndsAt !== undefined ? itemsEnding(fact, end) : key;
    const day = new Date(end - 1).toISOString().slice(0, 10);
    const isOwn = Object.hasOwn(whole.backends[backend.id]?.facts ?? {}, key);
    const path: ConfigPath = ['backends', backend.id, ...(isOwn ? ['facts', key] : [])];
    const message = `${what} of "${backend.id}" counts until ${day}; from the day after constraints find nothing there`;
    return [{ at: path, onKey: true, code: 'evidence-ends-soon', level: 'warning', message, fix: 'renew it' }];
  });
}

function itemsEnding(fact: Fact, end: number): string {
  const before = valueAt(fact, end - 1);
  const after = valueAt(fact, end);
  if (typeof before !== 'object' || typeof after !== 'object') return 'all of it';
  return before.filter((item) => !after.includes(item)).join(', ');
}

function finding(at: ConfigPath, code: string, message: string, keys: readonly FactKey[]): ConfigFinding {
  const fix = `confirm, and state facts: { ${keys[0]}: { value: …, source: …, as_of: … } }`;
  return { at, onKey: true, code, level: 'warning', message, fix };
}
