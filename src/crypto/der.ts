/** A strict reader of DER (X.690 section 10): one value, minimal lengths, nothing left over. */
import { CryptoError } from './crypto-error.ts';

/** Tags that are used here. */
export const Tag = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
});

/** One value. */
export interface DerValue {
  /** The identifier octet; tags of more than one octet are refused. */
  readonly tag: number;
  readonly content: Uint8Array<ArrayBuffer>;
  /** Identifier, length and content. */
  readonly whole: Uint8Array<ArrayBuffer>;
}

/** Most values that one constructed value may hold; certificates have a few dozen. */
const MAX_CHILDREN = 4096;

const malformed = (what: string): CryptoError => new CryptoError('der-malformed', what);

/** The one value that the bytes are. @throws CryptoError `der-malformed` */
export function readDer(bytes: Uint8Array): DerValue {
  const copy = new Uint8Array(bytes);
  const value = readAt(copy, 0);
  if (value.whole.length !== copy.length) throw malformed('bytes are left over behind the value');
  return value;
}

/** The values inside a constructed value, which must have this tag. @throws CryptoError `der-malformed` */
export function readChildren({ tag, content }: DerValue, expected: number): DerValue[] {
  if (tag !== expected) throw malformed(`tag ${tag} stands where ${expected} belongs`);
  const children: DerValue[] = [];
  for (let at = 0; at < content.length;) {
    if (children.length === MAX_CHILDREN) throw malformed('too many values in one');
    const child = readAt(content, at);
    children.push(child);
    at += child.whole.length;
  }
  return children;
}

/** The content of a primitive value of this tag. @throws CryptoError `der-malformed` */
export function readPrimitive(value: DerValue | undefined, expected: number): Uint8Array<ArrayBuffer> {
  if (value?.tag !== expected) throw malformed(`tag ${value?.tag ?? 'none'} stands where ${expected} belongs`);
  return value.content;
}

/** The two's complement octets of an INTEGER without needless ones. @throws CryptoError `der-malformed` */
export function readInteger(value: DerValue | undefined): Uint8Array<ArrayBuffer> {
  const content = readPrimitive(value, Tag.integer);
  const [first, second = 0] = content;
  if (first === undefined) throw malformed('an integer without octets');
  const isPadded = content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (isPadded) throw malformed('an integer with needless octets');
  return content;
}

/** The octets of a BIT STRING and how many bits of the last are unused. @throws CryptoError `der-malformed` */
export function readBits(value: DerValue | undefined): {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly unused: number;
} {
  const content = readPrimitive(value, Tag.bitString);
  const unused = content[0] ?? 8;
  const bytes = content.subarray(1);
  const last = bytes.at(-1);
  if (unused > 7 || (last === undefined ? unused > 0 : (last & ((1 << unused) - 1)) !== 0)) {
    throw malformed('a bit string with wrong unused bits');
  }
  return { bytes, unused };
}

/** An OBJECT IDENTIFIER in dots. @throws CryptoError `der-malformed` */
export function readOid(value: DerValue | undefined): string {
  const content = readPrimitive(value, Tag.oid);
  const arcs: number[] = [];
  let arc = 0;
  let isOpen = false;
  for (const octet of content) {
    if (!isOpen && octet === 0x80) throw malformed('an object identifier with needless octets');
    arc = arc * 128 + (octet & 0x7f);
    if (!Number.isSafeInteger(arc)) throw malformed('an object identifier with an arc too large');
    isOpen = octet >= 0x80;
    if (isOpen) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first, ...rest] = arcs;
  if (first === undefined || isOpen) throw malformed('an object identifier that breaks off');
  const top = Math.min(Math.floor(first / 40), 2);
  return [top, first - 40 * top, ...rest].join('.');
}

function readAt(bytes: Uint8Array<ArrayBuffer>, start: number): DerValue {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) throw malformed('the value breaks off');
  if ((tag & 0x1f) === 0x1f) throw malformed('a tag of more than one octet');
  let length = first;
  let at = start + 2;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) throw malformed('a length without end, or too large');
    length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + (bytes[at++] ?? 0);
    if (length < 0x80 || length < 256 ** (octets - 1)) throw malformed('a length in more octets than it needs');
  }
  if (at + length > bytes.length) throw malformed('the value breaks off');
  return { tag, content: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) };
}
