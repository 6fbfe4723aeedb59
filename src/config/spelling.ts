/** Misspelt keys, read as what was probably meant, so that what stands under them is looked at too. */
import type { ConfigPath } from '../core/config.ts';
import { pathKey, valueAt } from './path.ts';

/** A key that the language does not have, or a name that it does not allow, in the map at `above`. */
export interface Stray {
  readonly above: ConfigPath;
  readonly key: string;
  /** The field that was probably meant; null = it may be any. */
  readonly meant: string | null;
}

/** A key that was read as another. */
interface Reading extends Stray {
  readonly meant: string;
}

/** A document with its misspelt keys corrected, and the way between the two. */
export class Spelling {
  /** The document as it is read. */
  value: unknown;
  /** Fields that are there under another name. */
  readonly corrected: ConfigPath[] = [];
  readonly #writtenAs = new Map<string, string>();
  readonly #readAs = new Map<string, string>();

  constructor(written: unknown) {
    this.value = written;
  }

  /** Corrects the keys whose field is not there besides; returns them. */
  correct(strays: readonly Stray[]): readonly Stray[] {
    const done: Stray[] = [];
    for (const stray of strays) {
      const { above, key, meant } = stray;
      if (meant === null || valueAt(this.value, [...above, meant]) !== undefined) continue;
      this.value = renamed(this.value, above, { ...stray, meant });
      this.corrected.push([...above, meant]);
      this.#writtenAs.set(pathKey([...above, meant]), key);
      this.#readAs.set(pathKey([...above, key]), meant);
      done.push(stray);
    }
    return done;
  }

  /** A place of `value` in the document as it is written. */
  written(at: ConfigPath): ConfigPath {
    return at.map((step, i) => this.#writtenAs.get(pathKey(at.slice(0, i + 1))) ?? step);
  }

  /** A place of the document in `value`. */
  read(at: ConfigPath): ConfigPath {
    const place: (string | number)[] = [];
    for (const step of at) place.push(this.#readAs.get(pathKey([...place, step])) ?? step);
    return place;
  }
}

/** A copy in which one key of the map at `at` is another. */
function renamed(value: unknown, at: ConfigPath, reading: Reading): unknown {
  const [step, ...rest] = at;
  if (Array.isArray(value)) return value.map((entry, i) => (i === step ? renamed(entry, rest, reading) : entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      if (step !== undefined) return [key, key === step ? renamed(field, rest, reading) : field];
      return [key === reading.key ? reading.meant : key, field];
    }),
  );
}
