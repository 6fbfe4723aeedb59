/** Finds JSON Web Tokens: three parts in base64url of which the first says the algorithm. */
import { BASE64URL } from './characters.ts';
import type { Detector } from './detector.ts';
import { Reading } from './reading.ts';

/** `{"` in base64: how every header begins. */
const HEAD = 'eyJ';
/** The shortest header and the shortest content. */
const HEADER = HEAD.length + 8;
const CONTENT = 2;
const DOT = 46;

/** `"alg"` in base64, at each of the three places that a group of bytes can begin. Source: RFC 7515, section 4.1.1. */
const ALGORITHM = ['ImFsZyI', 'JhbGci', 'iYWxnI'];

/** The detector `jwt`. */
export const jwt: Detector = Object.freeze({
  id: 'jwt',
  inspect(text, at, out, { units } = new Reading(text)) {
    for (let offset = text.indexOf(HEAD); offset >= 0;) {
      const header = endOfPart(units, offset);
      let next = header;
      // a part is read once: nothing begins within one
      if (offset === 0 || BASE64URL[units[offset - 1]!] === 0) {
        const end = header - offset < HEADER ? -1 : endOfToken(units, header);
        if (end > 0 && saysAlgorithm(text, offset, header)) {
          out.push({ detector: 'jwt', field: at, offset, length: end - offset, confidence: 1 });
          next = end;
        }
      }
      offset = text.indexOf(HEAD, next);
    }
  },
} satisfies Detector);

/** The end of the two parts behind the header; -1 when they are not there. */
function endOfToken(units: Uint8Array, header: number): number {
  if (units[header] !== DOT) return -1;
  const content = endOfPart(units, header + 1);
  return content - header - 1 < CONTENT || units[content] !== DOT ? -1 : endOfPart(units, content + 1);
}

function endOfPart(units: Uint8Array, from: number): number {
  let at = from;
  while (BASE64URL[units[at]!] === 1) at++;
  return at;
}

function saysAlgorithm(text: string, from: number, to: number): boolean {
  const header = text.slice(from, to);
  return ALGORITHM.some((word) => header.includes(word));
}
