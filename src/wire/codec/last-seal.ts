/** Finds the last sealed reasoning in the bytes of a request, without parsing them. */
import type { FieldScan } from '../../core/protocol.ts';
import { LastSearch } from '../byte-search.ts';
import { decodeUtf8 } from '../utf8.ts';

/** Where a language keeps seals: the members that hold one, and what announces them where their names alone could be anything. */
export interface SealPlace {
  readonly members: readonly LastSearch[];
  readonly after: LastSearch | null;
}

/** A place. Text that only speaks of these names does not count: its quotes are escaped. */
export function sealPlace(members: readonly string[], after: string | null = null): SealPlace {
  return {
    members: members.map((name) => new LastSearch(`"${name}"`)),
    after: after === null ? null : new LastSearch(`"${after}"`),
  };
}

/** The seal that stands last in the value of a top-level key; null = there is none. */
export function findLastSeal(scan: FieldScan, key: string, places: readonly SealPlace[]): string | null {
  const range = scan.range(key);
  if (range === null) return null;
  let seal: string | null = null;
  let last = -1;
  for (const { members, after } of places) {
    const floor = after === null ? range[0] : after.in(scan.body, range[0], range[1]);
    if (floor < 0) continue;
    for (const member of members) {
      for (let at = member.in(scan.body, floor, range[1]); at > last; at = member.in(scan.body, floor, at)) {
        const value = stringAfter(scan.body, at + member.length, range[1]);
        if (value === '') continue;
        seal = value;
        last = at;
        break;
      }
    }
  }
  return seal;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** The text of the string that is the member's value; empty where it is none. No seal has an escape in it. */
function stringAfter(bytes: Uint8Array, from: number, end: number): string {
  let at = from;
  while (at < end && isSpace(bytes[at])) at++;
  if (bytes[at++] !== COLON) return '';
  while (at < end && isSpace(bytes[at])) at++;
  if (bytes[at] !== QUOTE) return '';
  const close = bytes.indexOf(QUOTE, at + 1);
  if (close < 0 || close >= end || bytes[close - 1] === BACKSLASH) return '';
  return decodeUtf8(bytes.subarray(at + 1, close));
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
