/** Constraints: their names, places and conditions, those that no backend can meet and those that exclude each other. */
import type { FactKey } from '../../src/core/backend.ts';
import type {
  ConfigPath,
  ConfigReport,
  ConstraintConfig,
  RequirementConfig,
  WholeConfig,
} from '../../src/core/config.ts';
import { COUNTRIES } from '../../src/core/countries.ts';
import { isAlways } from '../expressions.ts';
import { FACT_KEYS, isPlaceKey } from '../facts.ts';
import { isForm } from '../filters/sovereignty.ts';
import { zonesOf, type Zones } from '../zones.ts';
import { excludes } from './contradiction.ts';
import { checkExpression } from './expressions.ts';
import { checkIds } from './ids.ts';
import { checkPlace } from './zones.ts';

/** Ids under which the built-in filters report. */
const RESERVED = ['capability', 'context-window', 'health', 'slots', 'egress'] as const;

/** Checks the whole section. */
export function checkConstraints(whole: WholeConfig, report: ConfigReport): void {
  const zones = zonesOf(whole.zones);
  checkIds('constraints', whole.constraints, RESERVED, report);
  for (const [i, constraint] of whole.constraints.entries()) {
    if (constraint.when !== undefined) checkExpression(['constraints', i, 'when'], constraint.when, report);
    for (const [key, wanted] of requirementsOf(constraint)) {
      const at = ['constraints', i, 'require', key];
      if (isPlaceKey(key)) {
        checkPlaces(at, wanted, zones, report);
        checkBareZone(at, wanted, zones, report);
      }
      checkKnown(at, key, whole, report);
      checkContradiction(at, i, key, whole, zones, report);
    }
  }
}

function requirementsOf({ require }: ConstraintConfig): [FactKey, RequirementConfig][] {
  return FACT_KEYS.flatMap((key): [FactKey, RequirementConfig][] => {
    const wanted = require[key];
    return wanted === undefined ? [] : [[key, wanted]];
  });
}

function checkPlaces(at: ConfigPath, wanted: RequirementConfig, zones: Zones, report: ConfigReport): void {
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

function checkKnown(at: ConfigPath, key: FactKey, { backends }: WholeConfig, report: ConfigReport): void {
  if (Object.values(backends).some(({ facts }) => facts?.[key] !== undefined)) return;
  report.add({
    at,
    onKey: true,
    level: 'warning',
    code: 'fact-unknown-everywhere',
    message: `no backend says its ${key}, so this constraint rejects every one of them`,
    fix: `state facts: { ${key}: … } for the backends of which it is known`,
  });
}

/** Two constraints that both always hold and that no value of the fact can satisfy together. */
function checkContradiction(
  at: ConfigPath,
  index: number,
  key: FactKey,
  { constraints }: WholeConfig,
  zones: Zones,
  report: ConfigReport,
): void {
  const wanted = constraints[index]?.require[key];
  if (wanted === undefined || !isUnconditional(constraints[index])) return;
  const other = constraints.slice(0, index).find((earlier) => {
    const before = earlier.require[key];
    return before !== undefined && isUnconditional(earlier) && excludes(key, before, wanted, zones);
  });
  if (other === undefined) return;
  report.add({
    at,
    code: 'contradictory-constraints',
    message: `no ${key} can satisfy this and the constraint "${other.id}"`,
    fix: 'loosen one of them, or give one a when',
  });
}

function isUnconditional(constraint: ConstraintConfig | undefined): boolean {
  return constraint !== undefined && (constraint.when === undefined || isAlways(constraint.when));
}
