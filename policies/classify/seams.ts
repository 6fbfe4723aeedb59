/** Texts of one message that stand in several parts: a value may begin in one and end in the next. */
import type { Finding } from '../../src/core/data-class.ts';
import type { PlacedText } from './body-text.ts';
import type { Place } from './field-names.ts';

/** What is left of a long part at either end: more than any value that detectors look for needs to be known. */
const REACH = 256;

/** The parts of one list, joined. */
export interface Seam {
  /** Of the first part. */
  readonly place: Place;
  readonly text: string;
  /** Offsets at which one part ends and the next begins. */
  readonly cuts: readonly number[];
}

/** What stands between parts: models read them as one text, in words or in the middle of one. */
const JOINTS = ['', ' '];

/** Joins the `text` of neighbours in a list of parts, each way; no list has more than one part where nothing comes back. */
export function seamsOf(texts: readonly PlacedText[]): readonly Seam[] {
  const seams: Seam[] = [];
  let parts: PlacedText[] = [];
  const close = (): void => {
    if (parts.length > 1) seams.push(...JOINTS.map((joint) => join(parts, joint)));
    parts = [];
  };
  for (const one of texts) {
    const { place } = one;
    // the same value again, with its escapes undone, has the same place
    if (place.name !== 'text' || place.parent === null || place === parts.at(-1)?.place) continue;
    if (parts.length > 0 && place.parent.parent !== parts[0]!.place.parent!.parent) close();
    if (typeof place.parent.name === 'number') parts.push(one);
  }
  close();
  return seams;
}

/** How many findings, in their order, begin in one part and end in another. */
export function countAcross(findings: readonly Finding[], { cuts }: Seam): number {
  let [count, cut] = [0, 0];
  for (const { offset, length } of findings) {
    while (cut < cuts.length && cuts[cut]! <= offset) cut++;
    if (cut < cuts.length && cuts[cut]! < offset + length) count++;
  }
  return count;
}

function join(parts: readonly PlacedText[], joint: string): Seam {
  const cuts: number[] = [];
  let joined = '';
  for (const { text } of parts) {
    if (joined !== '') {
      cuts.push(joined.length);
      joined += joint;
    }
    joined += text.length > 2 * REACH ? `${text.slice(0, REACH)}\n${text.slice(-REACH)}` : text;
  }
  return { place: parts[0]!.place, text: joined, cuts };
}
