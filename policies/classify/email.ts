/** Finds addresses of electronic mail around their `@`. */
import { isDigit, isLetter, isWord, tableOf } from './characters.ts';
import type { Detector } from './detector.ts';
import { Reading } from './reading.ts';

/** RFC 5321, section 4.5.3.1: 64 octets before the `@`, 255 behind it. */
const LOCAL = 64;
const DOMAIN = 255;

/** Where labels of a domain end. */
const DOT = 46;
const SIGN = 64;

/** The detector `email`. */
export const email: Detector = Object.freeze({
  id: 'email',
  inspect(text, at, out, reading = new Reading(text)) {
    const first = text.indexOf('@');
    if (first < 0) return;
    const { units } = reading;
    for (let sign = first; sign < text.length; sign++) {
      if (units[sign] !== SIGN || !isAround(reading, sign)) continue;
      const offset = startOfLocal(units, sign);
      const end = offset < sign ? endOfDomain(units, sign + 1) : -1;
      if (end > 0) out.push({ detector: 'email', field: at, offset, length: end - offset, confidence: 0.9 });
    }
  },
} satisfies Detector);

/** `! # $ % & ' * + - . / = ? ^ _ { | } ~`, letters, digits, and whatever is not ASCII (RFC 6531). */
const LOCAL_PART = tableOf(
  (unit) => isWord(unit) || unit > 127 || "!#$%&'*+-./=?^_{|}~".includes(String.fromCharCode(unit)),
);

/** Most signs are done with here: an address goes on at both sides of it. */
function isAround(reading: Reading, sign: number): boolean {
  const before = reading.before(sign);
  const behind = reading.units[sign + 1]!;
  return before !== DOT && LOCAL_PART[before] === 1 && behind !== DOT && LOCAL_PART[behind] === 1;
}

function startOfLocal(units: Uint8Array, sign: number): number {
  const stop = Math.max(0, sign - LOCAL);
  let at = sign;
  while (at > stop && LOCAL_PART[units[at - 1]!] === 1) at--;
  while (at < sign && units[at] === DOT) at++;
  return at;
}

/** The end of a name with a dot and a top-level domain of letters; -1 when there is none. */
function endOfDomain(units: Uint8Array, start: number): number {
  const stop = Math.min(units.length - 1, start + DOMAIN);
  let end = -1;
  let label = start;
  let letters = true;
  for (let at = start; at <= stop; at++) {
    const unit = at < stop ? units[at]! : 0;
    if (isLetter(unit) || unit > 127) continue;
    if (isDigit(unit) || unit === 45) {
      letters = false;
      continue;
    }
    if (at === label) break;
    if (label > start && letters && at - label >= 2) end = at;
    if (unit !== DOT) break;
    label = at + 1;
    letters = true;
  }
  return end;
}
