/** Where the runs of digits of a text stand: found once, for all the detectors that begin at a number. */
import type { Classifier, Finding } from '../../src/core/data-class.ts';
import { isDigit } from './characters.ts';

/** Room for the runs of a common text; it doubles when there are more. */
const FIRST_ROOM = 256;

/** The runs of digits of one text, in order. */
export class DigitRuns {
  /** How many there are. */
  readonly count: number;
  readonly #bounds: Int32Array;

  constructor(text: string) {
    let bounds = new Int32Array(FIRST_ROOM);
    let used = 0;
    const { length } = text;
    for (let at = 0; at < length; at++) {
      if (!isDigit(text.charCodeAt(at))) continue;
      if (used === bounds.length) {
        const larger = new Int32Array(2 * used);
        larger.set(bounds);
        bounds = larger;
      }
      bounds[used++] = at++;
      while (at < length && isDigit(text.charCodeAt(at))) at++;
      bounds[used++] = at;
    }
    this.count = used / 2;
    this.#bounds = bounds;
  }

  /** Offset of the first digit of a run. */
  start(run: number): number {
    return this.#bounds[2 * run]!;
  }

  /** Offset behind its last digit. */
  end(run: number): number {
    return this.#bounds[2 * run + 1]!;
  }
}

/** A detector that begins at numbers: many share one reading of the text for them. */
export interface Detector extends Classifier {
  /** @param runs those of this text; absent = it finds them itself */
  inspect(text: string, at: string, out: Finding[], runs?: DigitRuns): void;
}

/** What a reader of numbers found: where it ends and how sure it is; null = nothing. */
export interface Found {
  readonly offset: number;
  readonly end: number;
  readonly confidence: number;
}

/**
 * A detector that looks at each run of digits once, except those within something that it found.
 * @param open begins a text; what it returns judges the run from `start` to `end`
 */
export function detectorOfNumbers(
  id: string,
  open: (text: string) => (start: number, end: number) => Found | null,
): Detector {
  return Object.freeze({
    id,
    inspect(text: string, at: string, out: Finding[], runs: DigitRuns = new DigitRuns(text)) {
      const judge = open(text);
      let done = 0;
      for (let i = 0; i < runs.count; i++) {
        const start = runs.start(i);
        if (start < done) continue;
        const found = judge(start, runs.end(i));
        if (found === null) continue;
        const { offset, end, confidence } = found;
        out.push({ detector: id, field: at, offset, length: end - offset, confidence });
        done = end;
      }
    },
  });
}
