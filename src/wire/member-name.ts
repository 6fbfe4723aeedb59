/** Names of object members, read from bytes without a decoder where they were seen before. */
import { decodeUtf8 } from './utf8.ts';

/** The name of a member as it reads and as a careless reader might take it. */
export interface MemberName {
  readonly text: string;
  /**
   * The name without its case, as case-blind readers compare it: Go's encoding/json takes `MODEL` for `model`, and U+017F and U+212A
   * for `s` and `k` (https://pkg.go.dev/encoding/json#Unmarshal).
   */
  readonly folded: string;
  /** Written with escapes. */
  readonly escaped: boolean;
}

const SLOTS = 256;
const LONGEST = 64;

/** The few names that requests are made of, one per slot; a collision only costs a decoding. Nothing but key names is kept. */
const known: (MemberName | undefined)[] = Array.from({ length: SLOTS });

/** The name whose bytes between the quotes are `bytes[start, end)`, already proven to be a JSON string. */
export function readName(bytes: Uint8Array, start: number, end: number, escaped: boolean): MemberName {
  if (escaped) {
    const text: unknown = JSON.parse(`"${decodeUtf8(bytes.subarray(start, end))}"`);
    return nameOf(String(text), true);
  }
  const length = end - start;
  if (length === 0 || length > LONGEST) return nameOf(decodeUtf8(bytes.subarray(start, end)), false);
  const middle = start + (length >> 1);
  const slot =
    ((bytes[start] ?? 0) * 31 + (bytes[middle] ?? 0) * 17 + (bytes[end - 1] ?? 0) * 7 + length) & (SLOTS - 1);
  const candidate = known[slot];
  if (candidate !== undefined && isSame(candidate.text, bytes, start, length)) return candidate;
  return (known[slot] = nameOf(decodeUtf8(bytes.subarray(start, end)), false));
}

/** A name as case-blind readers compare it. */
export function foldName(text: string): string {
  return text.toUpperCase().toLowerCase();
}

function nameOf(text: string, escaped: boolean): MemberName {
  return { text, folded: foldName(text), escaped };
}

/** ASCII only: a name with other characters has fewer code units than bytes, or an unequal one. */
function isSame(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
