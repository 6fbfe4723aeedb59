/** Distinguished names as text (RFC 4514), so that an operator can pin one. */
import { readChildren, readOid, Tag, type DerValue } from './der.ts';
import { toHex } from './hex.ts';

const KEYWORDS: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.6': 'C',
  '2.5.4.5': 'serialNumber',
  '0.9.2342.19200300.100.1.25': 'DC',
  '0.9.2342.19200300.100.1.1': 'UID',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The name, most specific part first; values that are no UTF-8 stand as `#` and their DER in hexadecimal. */
export function readName(name: DerValue): string {
  return readChildren(name, Tag.sequence)
    .toReversed()
    .map((part) =>
      readChildren(part, Tag.set)
        .map((pair) => readPair(pair))
        .join('+'),
    )
    .join(',');
}

function readPair(pair: DerValue): string {
  const [type, value] = readChildren(pair, Tag.sequence);
  const oid = readOid(type);
  return `${KEYWORDS[oid] ?? oid}=${value === undefined ? '' : textOf(value)}`;
}

function textOf({ tag, content, whole }: DerValue): string {
  if (tag === Tag.utf8 || tag === Tag.printable || tag === Tag.ia5) {
    try {
      return escape(decoder.decode(content));
    } catch {
      // Not UTF-8: shown as its DER below.
    }
  }
  return `#${toHex(whole)}`;
}

/** Two names that differ never read alike: separators and edges inside a value are escaped. */
function escape(text: string): string {
  return text
    .replace(/[\\",+<>;=]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/\p{Cc}/gu, (c) => `\\${(c.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}
