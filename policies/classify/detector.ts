/** What a detector is here, and how those work that look at the numbers of a text. */
import type { Classifier, Finding } from '../../src/core/data-class.ts';
import { Reading } from './reading.ts';

/** A detector: many share one reading of a text. Findings come in the order of their offsets. */
export interface Detector extends Classifier {
  /** @param reading that of this text; absent = it reads for itself */
  inspect(text: string, at: string, out: Finding[], reading?: Reading): void;
}

/** What a reader of numbers found: where it ends and how sure it is. */
export interface Found {
  readonly offset: number;
  readonly end: number;
  readonly confidence: number;
}

/** Judges a run of digits by its number in the reading and its bounds; null = nothing is there. */
export type Judge = (run: number, start: number, end: number) => Found | null;

/** Runs of as many digits as this and more are of one kind. */
const MANY = 31;

/**
 * A detector that looks at each run of digits once, except those within something that it found.
 * @param lengths how many digits a run may have, 31 for all that are longer; others are passed over
 * @param open begins a text
 */
export function detectorOfNumbers(id: string, lengths: readonly number[], open: (reading: Reading) => Judge): Detector {
  const wanted = lengths.reduce((mask, length) => mask | (1 << length), 0);
  return Object.freeze({
    id,
    inspect(text: string, at: string, out: Finding[], reading: Reading = new Reading(text)) {
      const judge = open(reading);
      const { bounds, count } = reading;
      let done = 0;
      for (let run = 0; run < count; run++) {
        const start = bounds[2 * run]!;
        const stop = bounds[2 * run + 1]!;
        const length = stop - start;
        if (((wanted >>> (length < MANY ? length : MANY)) & 1) === 0 || start < done) continue;
        const found = judge(run, start, stop);
        if (found === null) continue;
        const { offset, end, confidence } = found;
        out.push({ detector: id, field: at, offset, length: end - offset, confidence });
        done = end;
      }
    },
  });
}
