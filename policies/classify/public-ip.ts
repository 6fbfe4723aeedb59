/** Finds addresses of the public internet, which are personal data of whoever uses them; private and reserved ones are none. */
import type { Classifier } from '../../src/core/data-class.ts';
import { isPublicIPv4, isPublicIPv6, parseIPv4, parseIPv6 } from '../../src/core/ip-address.ts';
import { eachMatch, endOfDigits, isDigit, isWord } from './characters.ts';

const V4 = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/g;
const V6 = /[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]{2,34}/g;
/** Four numbers behind one of these, or directly behind a `v`, are the name of a release. */
const RELEASE = /(?:version|release|ver\.?)[ :=]{0,2}$/i;

/** The detector `public_ip`. */
export const publicIp: Classifier = Object.freeze({
  id: 'public_ip',
  inspect(text, at, out) {
    eachMatch(V4, text, (offset, found) => {
      const end = offset + found.length;
      if (!isAlone(text, offset, end)) return endOfDigits(text, offset);
      const value = parseIPv4(found);
      if (value !== null && isPublicIPv4(value) && !RELEASE.test(text.slice(Math.max(0, offset - 12), offset))) {
        out.push({ detector: 'public_ip', field: at, offset, length: found.length, confidence: 0.8 });
      }
      return end;
    });
    eachMatch(V6, text, (offset, found) => {
      const end = offset + found.length;
      const before = text.charCodeAt(offset - 1);
      const groups = isWord(before) || before === 58 || isWord(text.charCodeAt(end)) ? null : parseIPv6(found);
      if (groups !== null && isPublicIPv6(groups)) {
        out.push({ detector: 'public_ip', field: at, offset, length: found.length, confidence: 0.9 });
      }
      return end;
    });
  },
} satisfies Classifier);

function isAlone(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (isWord(before) || before === 46) return false;
  return !isWord(text.charCodeAt(end)) && !(text.charCodeAt(end) === 46 && isDigit(text.charCodeAt(end + 1)));
}
