/** Finds international bank account numbers: country, length of that country, and the check digits modulo 97. */
import type { Classifier } from '../../src/core/data-class.ts';
import { eachMatch, isDigit, isWord } from './characters.ts';

/** Length per country. Source: SWIFT IBAN Registry, release 99 (2024-12), with the territories that use the form of France. */
const REGISTRY =
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 ' +
  'FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
  'LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 ' +
  'SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30';

/** By both letters; 0 = no such country. */
const LENGTHS = new Uint8Array(26 * 26);
for (const row of REGISTRY.split(' ')) LENGTHS[indexOf(row.charCodeAt(0), row.charCodeAt(1))] = Number(row.slice(2));

/** @param first a letter in either case, as is `second` */
function indexOf(first: number, second: number): number {
  return ((first | 32) - 97) * 26 + (second | 32) - 97;
}

const START = /[A-Za-z]{2}\d{2}/g;

/** The detector `iban`. */
export const iban: Classifier = Object.freeze({
  id: 'iban',
  inspect(text, at, out) {
    eachMatch(START, text, (offset) => {
      if (isWord(text.charCodeAt(offset - 1))) return offset + 1;
      const length = LENGTHS[indexOf(text.charCodeAt(offset), text.charCodeAt(offset + 1))]!;
      const end = length === 0 ? -1 : endOfIban(text, offset, length);
      if (end < 0) return offset + 1;
      out.push({ detector: 'iban', field: at, offset, length: end - offset, confidence: 1 });
      return end;
    });
  },
} satisfies Classifier);

/** The end of the account number whose check digits are right; -1 when there is none. */
function endOfIban(text: string, start: number, length: number): number {
  let count = 0;
  let head = 0;
  let rest = 0;
  let at = start;
  for (; count < length; at++) {
    const code = text.charCodeAt(at);
    if (isWord(code)) {
      // the first four move to the end: they are kept aside
      if (count < 4) head = append(head, code);
      else rest = append(rest, code);
      count++;
    } else if ((code !== 32 && code !== 45) || !isWord(text.charCodeAt(at + 1))) return -1;
  }
  if (isWord(text.charCodeAt(at))) return -1;
  // four units: two letters of two digits each, two digits
  return (rest * (1_000_000 % 97) + head) % 97 === 1 ? at : -1;
}

function append(remainder: number, code: number): number {
  return isDigit(code) ? (remainder * 10 + code - 48) % 97 : (remainder * 100 + (code | 32) - 87) % 97;
}
