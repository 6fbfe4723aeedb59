/** What is left of a document that is wrong in places: everything but those places and what cannot be without them. */
import type { ConfigPath, WholeConfig } from '../core/config.ts';
import { pathKey, valueAt } from './path.ts';
import { placesOf, type Validation } from './schema.ts';

/** The rest of a document. */
export interface Salvage {
  readonly whole: WholeConfig;
  /** Every place of the document that was left out. */
  readonly gaps: readonly ConfigPath[];
  /** Where a place of `whole` is in the document: lists close up over what was left out. */
  origin(at: ConfigPath): ConfigPath;
}

/** Deeper than any schema: each round takes out what cannot be without what went in the round before. */
const MAX_ROUNDS = 16;

/**
 * Takes out places until the rest passes; null when nothing would be left.
 * @param faults the places that are known to be wrong
 */
export function salvage(
  raw: unknown,
  faults: readonly ConfigPath[],
  validate: (value: unknown) => Validation,
): Salvage | null {
  const gaps = new Map(faults.map((at) => [pathKey(at), at]));
  for (let round = 0; round < MAX_ROUNDS && !gaps.has(''); round++) {
    const pruner = new Pruner(gaps);
    const value = pruner.prune(raw, []);
    const origin = (at: ConfigPath): ConfigPath => pruner.origin(at);
    const validation = validate(value);
    if (validation.ok) return { whole: validation.whole, gaps: [...gaps.values()], origin };
    for (const place of validation.issues.flatMap(placesOf)) {
      // what must be there takes along what it is missing in
      let at = origin(valueAt(value, place) === undefined ? place.slice(0, -1) : place);
      while (at.length > 0 && gaps.has(pathKey(at))) at = at.slice(0, -1);
      gaps.set(pathKey(at), at);
    }
  }
  return null;
}

/** Copies a tree without its gaps. */
class Pruner {
  readonly #gaps: ReadonlyMap<string, ConfigPath>;
  /** By list of the document: the positions that are left. */
  readonly #kept = new Map<string, readonly number[]>();

  constructor(gaps: ReadonlyMap<string, ConfigPath>) {
    this.#gaps = gaps;
  }

  prune(value: unknown, at: ConfigPath): unknown {
    if (Array.isArray(value)) {
      const kept = [...value.keys()].filter((i) => !this.#isGap([...at, i]));
      if (kept.length < value.length) this.#kept.set(pathKey(at), kept);
      return kept.map((i) => this.prune(value[i], [...at, i]));
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !this.#isGap([...at, key]))
        .map(([key, field]) => [key, this.prune(field, [...at, key])]),
    );
  }

  origin(at: ConfigPath): ConfigPath {
    const place: (string | number)[] = [];
    for (const step of at) {
      const kept = typeof step === 'number' ? this.#kept.get(pathKey(place)) : undefined;
      place.push(kept?.[Number(step)] ?? step);
    }
    return place;
  }

  #isGap(at: ConfigPath): boolean {
    return this.#gaps.has(pathKey(at));
  }
}
