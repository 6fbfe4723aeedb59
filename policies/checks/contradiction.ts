/** Whether two requirements on one fact leave any value that satisfies both. */
import { TRUST_LEVELS } from '../../src/core/artifact.ts';
import type { FactKey, FactValue } from '../../src/core/backend.ts';
import type { RequirementConfig } from '../../src/core/config.ts';
import { COUNTRIES } from '../../src/core/countries.ts';
import { FACT_KINDS, NETWORKS } from '../facts.ts';
import { readRequirements } from '../filters/sovereignty.ts';
import type { Zones } from '../zones.ts';

/** True when no value can satisfy both. Tries every value that could make a difference. */
export function excludes(key: FactKey, a: RequirementConfig, b: RequirementConfig, zones: Zones): boolean {
  const [first] = readRequirements({ [key]: a }, zones);
  const [second] = readRequirements({ [key]: b }, zones);
  if (first === undefined || second === undefined) return false;
  return !valuesFor(key, [a, b]).some((value) => first.satisfies(value) && second.satisfies(value));
}

/** True when every value that satisfies `strong` satisfies `weak`. Tries every value that could make a difference. */
export function implies(key: FactKey, strong: RequirementConfig, weak: RequirementConfig, zones: Zones): boolean {
  const [first] = readRequirements({ [key]: strong }, zones);
  const [second] = readRequirements({ [key]: weak }, zones);
  if (first === undefined || second === undefined) return false;
  const values = [...valuesFor(key, [strong, weak]), ...(FACT_KINDS[key] === 'number' ? FAR : [])];
  return values.every((value) => !first.satisfies(value) || second.satisfies(value));
}

/** Numbers beyond every bound. */
const FAR: readonly FactValue[] = [0, Number.MAX_SAFE_INTEGER];

/** One country stands for every list that holds it: a list that satisfies `subset` or `not_in` does so with each member alone. */
function valuesFor(key: FactKey, wanted: readonly RequirementConfig[]): readonly FactValue[] {
  switch (FACT_KINDS[key]) {
    case 'country':
      return [...COUNTRIES];
    case 'countries':
      return [...[...COUNTRIES].map((country) => [country]), ...wanted.filter((one) => Array.isArray(one))];
    case 'flag':
      return [true, false];
    case 'word':
      return NETWORKS;
    case 'number':
      return wanted.flatMap(boundsOf);
    case 'text':
      return [...wanted.flatMap(namesIn), OTHER];
    case 'level':
      return TRUST_LEVELS;
    case 'list':
      return [wanted.flatMap(namesIn)];
  }
}

function boundsOf(wanted: RequirementConfig): readonly number[] {
  if (typeof wanted === 'number') return [wanted];
  if (typeof wanted !== 'object' || Array.isArray(wanted)) return [];
  if ('max' in wanted) return [wanted.max];
  return 'min' in wanted && typeof wanted.min === 'number' ? [wanted.min] : [];
}

/** A name that neither of two requirements has. */
const OTHER = '\u0000';

function namesIn(wanted: RequirementConfig): readonly string[] {
  return (typeof wanted === 'object' ? Object.values(wanted).flat() : [wanted]).filter(
    (one) => typeof one === 'string',
  );
}
