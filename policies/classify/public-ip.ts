/** Finds addresses of the public internet, which are personal data of whoever uses them; private and reserved ones are none. */
import { isPublicIPv4, isPublicIPv6, parseIPv6 } from '../../src/core/ip-address.ts';
import { eachMatch, endOfDigits, isDigit, isLetter, isWord } from './characters.ts';
import { detectorOfNumbers, type Detector } from './digit-runs.ts';

const V6 = /[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]{2,34}/g;
/** Four numbers behind one of these, or directly behind a `v`, are the name of a release. */
const RELEASE = /(?:version|release|ver\.?)[ :=]{0,2}$/i;

/** The detector `public_ip`. */
export const publicIp: Detector = Object.freeze({
  id: 'public_ip',
  inspect(text, at, out, runs) {
    version4.inspect(text, at, out, runs);
    if (!text.includes(':')) return;
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
} satisfies Detector);

const version4 = detectorOfNumbers('public_ip', (text) => {
  let done = 0;
  return (offset, end) => {
    if (offset < done || text.charCodeAt(end) !== 46) return null;
    const before = offset === 0 ? 32 : text.charCodeAt(offset - 1);
    const address = new Dotted(text, offset);
    // nothing begins within a row of numbers and dots
    done = address.end;
    if (!address.isWhole || isWord(before) || before === 46 || !isPublicIPv4(address.value)) return null;
    return isRelease(text, offset) ? null : { offset, end: address.end, confidence: 0.8 };
  };
});

/** A row of numbers with dots between them; a full stop behind it is left out. */
class Dotted {
  readonly end: number;
  readonly value: number;
  /** True for four numbers that are an IPv4 address, with no letter behind them. */
  readonly isWhole: boolean;

  constructor(text: string, start: number) {
    let [at, numbers, value, isShort] = [start, 0, 0, true];
    for (;;) {
      const end = endOfDigits(text, at);
      const part = end - at > 3 ? 256 : Number(text.slice(at, end));
      // zeros in front make it octal for some readers
      isShort &&= part < 256 && (end - at === 1 || text.charCodeAt(at) !== 48);
      value = value * 256 + part;
      numbers++;
      at = end;
      if (text.charCodeAt(at) !== 46 || !isDigit(text.charCodeAt(at + 1))) break;
      at++;
    }
    this.end = at;
    this.value = value;
    this.isWhole = numbers === 4 && isShort && !isWord(text.charCodeAt(at));
  }
}

function isRelease(text: string, offset: number): boolean {
  let at = offset;
  while (at > offset - 3 && at > 0 && !isLetter(text.charCodeAt(at - 1))) at--;
  return at > 0 && (text.charCodeAt(at - 1) | 32) > 96 && RELEASE.test(text.slice(Math.max(0, offset - 12), offset));
}
