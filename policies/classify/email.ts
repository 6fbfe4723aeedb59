/** Finds addresses of electronic mail around their `@`. */
import type { Classifier } from '../../src/core/data-class.ts';
import { isDigit, isLetter, isWord } from './characters.ts';

/** RFC 5321, section 4.5.3.1: 64 octets before the `@`, 255 behind it. */
const LOCAL = 64;
const DOMAIN = 255;

/** The detector `email`. */
export const email: Classifier = Object.freeze({
  id: 'email',
  inspect(text, at, out) {
    for (let sign = text.indexOf('@'); sign >= 0; sign = text.indexOf('@', sign + 1)) {
      const offset = startOfLocal(text, sign);
      const end = offset < sign ? endOfDomain(text, sign + 1) : -1;
      if (end > 0) out.push({ detector: 'email', field: at, offset, length: end - offset, confidence: 0.9 });
    }
  },
} satisfies Classifier);

function startOfLocal(text: string, sign: number): number {
  const stop = Math.max(0, sign - LOCAL);
  let at = sign;
  while (at > stop && isLocal(text.charCodeAt(at - 1))) at--;
  while (at < sign && text.charCodeAt(at) === 46) at++;
  return text.charCodeAt(sign - 1) === 46 ? sign : at;
}

/** `! # $ % & ' * + - . / = ? ^ _ { | } ~`, letters, digits, and whatever is not ASCII (RFC 6531). */
function isLocal(code: number): boolean {
  return code > 127 || LOCALS[code] === 1;
}

const LOCALS = Uint8Array.from({ length: 128 }, (_, code) =>
  isWord(code) || "!#$%&'*+-./=?^_{|}~".includes(String.fromCharCode(code)) ? 1 : 0,
);

/** The end of a name with a dot and a top-level domain of letters; -1 when there is none. */
function endOfDomain(text: string, start: number): number {
  const stop = Math.min(text.length, start + DOMAIN);
  let end = -1;
  let label = start;
  let letters = true;
  for (let at = start; at <= stop; at++) {
    const code = at < stop ? text.charCodeAt(at) : NaN;
    if (isLetter(code) || code > 127) continue;
    if (isDigit(code) || code === 45) {
      letters = false;
      continue;
    }
    if (at === label) break;
    if (label > start && letters && at - label >= 2) end = at;
    if (code !== 46) break;
    label = at + 1;
    letters = true;
  }
  return end;
}
