/** Finds JSON Web Tokens: three parts in base64url of which the first says the algorithm. */
import type { Classifier } from '../../src/core/data-class.ts';
import { eachMatch } from './characters.ts';

/** The word boundary lets a search begin only where a run of base64url does, so that no run is read twice. */
const FORM = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{2,}\.[\w-]*/g;

/** `"alg"` in base64, at each of the three places that a group of bytes can begin. Source: RFC 7515, section 4.1.1. */
const ALGORITHM = ['ImFsZyI', 'JhbGci', 'iYWxnI'];

/** The detector `jwt`. */
export const jwt: Classifier = Object.freeze({
  id: 'jwt',
  inspect(text, at, out) {
    eachMatch(FORM, text, (offset, found) => {
      const header = found.slice(0, found.indexOf('.'));
      if (!ALGORITHM.some((word) => header.includes(word))) return offset + header.length;
      out.push({ detector: 'jwt', field: at, offset, length: found.length, confidence: 1 });
      return offset + found.length;
    });
  },
} satisfies Classifier);
