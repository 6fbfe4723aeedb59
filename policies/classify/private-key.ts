/** Finds private keys in their text forms: PEM, OpenSSH, PGP, PuTTY, age. */
import type { Classifier } from '../../src/core/data-class.ts';
import { eachMatch } from './characters.ts';

const HEAD =
  /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-[23]|AGE-SECRET-KEY-1/g;

/** The detector `private_key`. What is found is the head of the key, whether or not the rest is there. */
export const privateKey: Classifier = Object.freeze({
  id: 'private_key',
  inspect(text, at, out) {
    eachMatch(HEAD, text, (offset, { length }) => {
      out.push({ detector: 'private_key', field: at, offset, length, confidence: 1 });
      return offset + length;
    });
  },
} satisfies Classifier);
