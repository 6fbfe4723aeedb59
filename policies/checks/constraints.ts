/** Constraints: their names, places and conditions, those that no backend can meet and those that exclude each other. */
import type { FactKey } from '../../src/core/backend.ts';
import type { Catalogue } from '../../src/core/catalogue.ts';
import type {
  BackendConfig,
  ConfigPath,
  ConfigReport,
  ConstraintConfig,
  RequirementConfig,
  RequirementKey,
  WholeConfig,
} from '../../src/core/config.ts';
import { COUNTRIES } from '../../src/core/countries.ts';
import { isAlways } from '../expressions.ts';
import { FACT_KEYS, isPlaceKey, LIVE_GRADES } from '../facts.ts';
import { LOCATION_KEY } from '../filters/location.ts';
import { isForm } from '../filters/sovereignty.ts';
import { constraintsIn, type ScopedConstraint } from '../scopes.ts';
import { zonesOf, type Zones } from '../zones.ts';
import { excludes } from './contradiction.ts';
import { checkExpression } from './expressions.ts';
import { checkIds } from './ids.ts';
import { checkName } from './unknown.ts';
import { checkPlace } from './zones.ts';

/** Ids under which the built-in filters report. */
const RESERVED = ['capability', 'context-window', 'health', 'slots', 'preference', 'egress'] as const;

/** Checks the constraints of every scope. */
export function checkConstraints(whole: WholeConfig, catalogue: Catalogue, report: ConfigReport): void {
  const zones = zonesOf(whole.zones);
  const all = constraintsIn(whole);
  checkIds(
    all.map(({ config, at }) => ({ id: config.id, at: [...at, 'id'] })),
    RESERVED,
    report,
  );
  for (const one of all) {
    const { config, at } = one;
    if (config.when !== undefined) checkExpression([...at, 'when'], config.when, report);
    for (const [key, wanted] of requirementsOf(config)) {
      const where = [...at, 'require', key];
      if (key === LOCATION_KEY || isPlaceKey(key)) {
        checkPlaces(where, wanted, whole, report);
        checkBareZone(where, wanted, zones, report);
      }
      if (key === 'pool') checkPool(where, wanted, report);
      if (key === LOCATION_KEY) checkLocation(where, whole, report);
      else {
        checkKnown(where, key, whole, catalogue, report);
        checkContradiction(where, one, key, all, zones, report);
      }
    }
  }
}

const REQUIREMENT_KEYS: readonly RequirementKey[] = [LOCATION_KEY, ...FACT_KEYS];

function requirementsOf({ require }: ConstraintConfig): [RequirementKey, RequirementConfig][] {
  return REQUIREMENT_KEYS.flatMap((key): [RequirementKey, RequirementConfig][] => {
    const wanted = require[key];
    return wanted === undefined ? [] : [[key, wanted]];
  });
}

function checkPool(at: ConfigPath, wanted: RequirementConfig, report: ConfigReport): void {
  const names = report.names('pools');
  for (const { path, places } of placesOf(wanted)) {
    for (const [i, name] of [places].flat().entries()) {
      checkName([...at, ...path, ...(typeof places === 'string' ? [] : [i])], 'pool', name, names, report);
    }
  }
}

/** At the edge the runtime says where a request is handled; everywhere else only the file does. */
function checkLocation(at: ConfigPath, { gateway }: WholeConfig, report: ConfigReport): void {
  if (gateway.countries.length > 0 || !report.isSound(['gateway', 'countries'])) return;
  report.add({
    at,
    onKey: true,
    level: 'warning',
    code: 'place-unknown',
    message:
      'the file does not say where this gateway stands, so outside of Cloudflare Workers this rejects every request',
    fix: 'state gateway: { countries: [DE] }',
  });
}

function checkPlaces(
  at: ConfigPath,
  wanted: RequirementConfig,
  { zones }: Pick<WholeConfig, 'zones'>,
  report: ConfigReport,
): void {
  for (const { path, places } of placesOf(wanted)) {
    if (typeof places === 'string') checkPlace([...at, ...path], places, zones, report);
    else for (const [i, place] of places.entries()) checkPlace([...at, ...path, i], place, zones, report);
  }
}

/** A bare value must equal the fact, which a zone never does. */
function checkBareZone(at: ConfigPath, wanted: RequirementConfig, zones: Zones, report: ConfigReport): void {
  if (isForm(wanted)) return;
  const zone = [wanted].flat().find((place) => typeof place === 'string' && zones.has(place) && !COUNTRIES.has(place));
  if (zone === undefined) return;
  report.add({
    at,
    code: 'bare-zone',
    message: `"${zone}" is a zone, and a bare value must be the very countries of the fact`,
    fix: `write { subset: ${zone} }`,
  });
}

function placesOf(wanted: RequirementConfig): { path: ConfigPath; places: string | readonly string[] }[] {
  if (!isForm(wanted)) {
    return typeof wanted === 'string' || typeof wanted === 'object' ? [{ path: [], places: wanted }] : [];
  }
  if ('subset' in wanted) return [{ path: ['subset'], places: wanted.subset }];
  if ('in' in wanted) return [{ path: ['in'], places: wanted.in }];
  return 'not_in' in wanted ? [{ path: ['not_in'], places: wanted.not_in }] : [];
}

function checkKnown(
  at: ConfigPath,
  key: FactKey,
  { backends, pools = {} }: WholeConfig,
  catalogue: Catalogue,
  report: ConfigReport,
): void {
  if (key === 'pool' && (Object.keys(pools).length > 0 || !report.isSound(['pools']))) return;
  if (!areFactsSound(backends, report)) return;
  if (Object.values(backends).some((backend) => isKnown(key, backend, catalogue))) return;
  report.add({
    at,
    onKey: true,
    level: 'warning',
    code: 'fact-unknown-everywhere',
    message: `no backend says its ${key}, so this constraint rejects every one of them`,
    fix:
      LIVE_GRADES[key] === undefined
        ? `state facts: { ${key}: … } for the backends of which it is known`
        : 'say which signed files a backend serves: artifact, with an entry in trust.models',
  });
}

/** False where what is wrong with a backend may be what it says of itself. */
function areFactsSound(backends: WholeConfig['backends'], report: ConfigReport): boolean {
  const ids = Object.keys(backends);
  const fields = ['provider', 'region', 'facts'];
  const isWhole = report.names('backends')?.length === ids.length;
  return isWhole && ids.every((id) => fields.every((field) => report.isSound(['backends', id, field])));
}

/** True where the file states the fact, or the catalogue knows it of the provider or of one of its regions. */
function isKnown(key: FactKey, { facts, provider, region, artifact }: BackendConfig, catalogue: Catalogue): boolean {
  if (LIVE_GRADES[key] !== undefined) return artifact !== undefined;
  if (facts !== undefined && key in facts) return true;
  const place = catalogue.get(provider)?.place;
  if (place === undefined) return false;
  return key in place.facts || place.regions.some((one) => one.id === region && key in one.facts);
}

/** Two constraints that hold for the same caller always, and that no value of the fact can satisfy together. */
function checkContradiction(
  at: ConfigPath,
  one: ScopedConstraint,
  key: FactKey,
  all: readonly ScopedConstraint[],
  zones: Zones,
  report: ConfigReport,
): void {
  const wanted = one.config.require[key];
  const isClear = ({ at: place, config }: ScopedConstraint): boolean =>
    isUnconditional(config) &&
    report.isSound([...place, 'when']) &&
    report.isSound([...place, 'require', key]) &&
    isSettled(config.require[key], report);
  if (wanted === undefined || !isClear(one)) return;
  const other = all.slice(0, all.indexOf(one)).find((earlier) => {
    const before = earlier.config.require[key];
    const meet = earlier.scope === 'gateway' || earlier.scope === one.scope;
    return meet && before !== undefined && isClear(earlier) && excludes(key, before, wanted, zones);
  });
  if (other === undefined) return;
  report.add({
    at,
    code: 'contradictory-constraints',
    message: `no ${key} can satisfy this and the constraint "${other.config.id}"`,
    fix: 'loosen one of them, or give one a when',
  });
}

/** True where everything that is wrong with the zones leaves those alone that a requirement names. */
function isSettled(wanted: RequirementConfig | undefined, report: ConfigReport): boolean {
  if (wanted === undefined || report.isSound(['zones'])) return true;
  return placesOf(wanted).every(({ places }) => [places].flat().every((zone) => report.isSound(['zones', zone])));
}

function isUnconditional(constraint: ConstraintConfig): boolean {
  return constraint.when === undefined || isAlways(constraint.when);
}
