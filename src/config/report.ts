/** The report of one document: findings, and what may be relied on in a document that is wrong in places. */
import type { ConfigFinding, ConfigPath, ConfigReport } from '../core/config.ts';
import { nearestOf } from '../core/edit-distance.ts';
import { isWithin, pathKey, valueAt } from './path.ts';
import type { Stray } from './spelling.ts';

/** What is known of a document before its checks. */
export interface Ground {
  /** The expanded document. */
  readonly raw: unknown;
  /** Places that were found wrong before. */
  readonly wrong: readonly ConfigPath[];
  /** The same, with everything that was left out for their sake, or is there under a misspelt name. */
  readonly gaps: readonly ConfigPath[];
  readonly strays: readonly Pick<Stray, 'above' | 'meant'>[];
  /** Where a place that checks name is in the document. */
  origin(at: ConfigPath): ConfigPath;
}

/** A document in which nothing is wrong so far. */
export function soundGround(raw: unknown): Ground {
  return { raw, wrong: [], gaps: [], strays: [], origin: (at) => at };
}

/** Collects the findings of checks, at their places in the document. */
export class Report implements ConfigReport {
  readonly findings: ConfigFinding[] = [];
  readonly #ground: Ground;
  readonly #unreadable: ReadonlySet<string>;
  readonly #faults: ConfigPath[] = [];
  readonly #names = new Map<string, readonly string[] | null>();

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#unreadable = new Set(ground.wrong.map(pathKey));
  }

  add(finding: ConfigFinding): void {
    const at = this.#ground.origin(finding.at);
    if (finding.level !== 'warning') this.#faults.push(at);
    this.findings.push({ ...finding, at });
  }

  nearest(word: string, known: Iterable<string>): string | null {
    return nearestOf(word, known);
  }

  isSound(at: ConfigPath): boolean {
    const { gaps, origin } = this.#ground;
    const place = origin(at);
    return (
      !gaps.some((gap) => isWithin(gap, place) || isWithin(place, gap)) &&
      !this.#faults.some((fault) => isWithin(fault, place)) &&
      !this.#mayBeStray(place)
    );
  }

  names(...at: readonly string[]): readonly string[] | null {
    const key = pathKey(at);
    let names = this.#names.get(key);
    if (names === undefined) this.#names.set(key, (names = this.#namesIn(this.#ground.raw, [], at)));
    return names;
  }

  /** Where a place that checks name is in the document. */
  origin(at: ConfigPath): ConfigPath {
    return this.#ground.origin(at);
  }

  isLast(at: ConfigPath): boolean {
    const place = this.#ground.origin(at);
    const list = valueAt(this.#ground.raw, place.slice(0, -1));
    return Array.isArray(list) && place.at(-1) === list.length - 1;
  }

  #namesIn(value: unknown, at: ConfigPath, rest: readonly string[]): readonly string[] | null {
    const isUnreadable = this.#unreadable.has(pathKey(at));
    if (value === undefined) return isUnreadable || this.#mayBeStray(at) ? null : [];
    const [step, ...further] = rest;
    if (typeof value !== 'object' || value === null) {
      return step === undefined && typeof value === 'string' && !isUnreadable ? [value] : null;
    }
    if (step !== undefined && step !== '*') return this.#namesIn(valueAt(value, [step]), [...at, step], further);
    // a key that nobody knows may be any entry
    if (isUnreadable || this.#mayBeStray([...at, ''])) return null;
    if (step === '*')
      return joined(Object.entries(value).map(([key, entry]) => this.#namesIn(entry, [...at, key], further)));
    if (!Array.isArray(value)) return Object.keys(value);
    return joined(
      value.map((entry, i) => (valueAt(entry, ['id']) === undefined ? null : this.#namesIn(entry, [...at, i], ['id']))),
    );
  }

  /** True where a field is not there, and a key that nobody knows may be it. */
  #mayBeStray(place: ConfigPath): boolean {
    const { strays, raw } = this.#ground;
    return strays.some(({ above, meant }) => {
      const field = place[above.length];
      if (field === undefined || !isWithin(place, above)) return false;
      return (meant === null || meant === field) && valueAt(raw, [...above, field]) === undefined;
    });
  }
}

function joined(lists: readonly (readonly string[] | null)[]): readonly string[] | null {
  return lists.includes(null) ? null : [...new Set(lists.flatMap((list) => list ?? []))];
}
