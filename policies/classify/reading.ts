/** A text as detectors read it: its characters in one piece of memory, and where its numbers stand, found once for all of them. */
import { isDigit, isWord } from './characters.ts';

/** Room for the numbers of a common text; it doubles when there are more. */
const FIRST_ROOM = 512;
/** Where the number behind the last one begins: nothing ever reaches it. */
const NOWHERE = 0x7fff_ffff;

const encoder = new TextEncoder();

/** One text, read. */
export class Reading {
  readonly text: string;
  /** One for each UTF-16 unit, itself in ASCII and 128 otherwise; behind the last stands a 0, at which every search ends. */
  readonly units: Uint8Array;
  /** How many runs of digits there are. */
  readonly count: number;
  /** Where they begin and end, in order, each behind the other; behind the last stands one that begins nowhere. */
  readonly bounds: Int32Array;

  constructor(text: string) {
    this.text = text;
    this.units = unitsOf(text);
    this.bounds = boundsOf(this.units);
    this.count = this.bounds.indexOf(NOWHERE) / 2;
  }

  /** Offset of the first digit of a run. */
  start(run: number): number {
    return this.bounds[2 * run]!;
  }

  /** Offset behind its last digit. */
  end(run: number): number {
    return this.bounds[2 * run + 1]!;
  }

  /** What stands before an offset; a space before the beginning. */
  before(offset: number): number {
    return offset <= 0 ? 32 : this.units[offset - 1]!;
  }

  /** The end of a run and of those behind it that a form says, with neither a letter nor a digit behind; -1 when they are not there. */
  endOfForm(run: number, form: Form): number {
    const { bounds, units } = this;
    let at = 2 * run + 1;
    for (let i = 0; i < form.length; i += 2) {
      const end = bounds[at]!;
      if (units[end] !== form[i] || bounds[at + 1] !== end + 1) return -1;
      at += 2;
      if (bounds[at]! - end - 1 !== form[i + 1]) return -1;
    }
    const end = bounds[at]!;
    return isWord(units[end]!) ? -1 : end;
  }
}

/** What stands behind a run of digits: for each run that follows the sign before it and how many digits it has. */
export type Form = Uint8Array;

/** Compiles a form in which 9 stands for any digit and everything else for itself: `-99-9999`. */
export function formOf(text: string): Form {
  return Uint8Array.from(
    text.matchAll(/(\D)(9+)/g).flatMap(([, sign, digits]) => [sign!.charCodeAt(0), digits!.length]),
  );
}

function unitsOf(text: string): Uint8Array {
  const { length } = text;
  const units = new Uint8Array(length + 1);
  const { read, written } = encoder.encodeInto(text, units);
  // as many bytes as units: all of it is ASCII
  if (read === length && written === length) return units;
  for (let at = 0; at < length; at++) units[at] = Math.min(text.charCodeAt(at), 128);
  units[length] = 0;
  return units;
}

function boundsOf(units: Uint8Array): Int32Array {
  let bounds = new Int32Array(FIRST_ROOM);
  let used = 0;
  const { length } = units;
  for (let at = 0; at < length; at++) {
    if (!isDigit(units[at]!)) continue;
    // room for this one and the one behind the last
    if (used + 4 > bounds.length) bounds = enlarged(bounds);
    bounds[used++] = at++;
    while (isDigit(units[at]!)) at++;
    bounds[used++] = at;
  }
  bounds[used] = bounds[used + 1] = NOWHERE;
  return bounds;
}

function enlarged(bounds: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * bounds.length);
  larger.set(bounds);
  return larger;
}
