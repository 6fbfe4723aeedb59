/** Finds private keys in their text forms: PEM, OpenSSH, PGP, PuTTY, age. */
import type { Detector } from './detector.ts';

/** Their heads without the words that may stand in that of PEM. */
const HEADS = ['-----BEGIN ', 'PuTTY-User-Key-File-', 'AGE-SECRET-KEY-1'];

const FORM =
  /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-[23]|AGE-SECRET-KEY-1/g;

/** The detector `private_key`. What is found is the head of the key, whether or not the rest is there. */
export const privateKey: Detector = Object.freeze({
  id: 'private_key',
  inspect(text, at, out) {
    if (!HEADS.some((head) => text.includes(head))) return;
    FORM.lastIndex = 0;
    for (let hit = FORM.exec(text); hit !== null; hit = FORM.exec(text)) {
      const { length } = hit[0];
      out.push({ detector: 'private_key', field: at, offset: hit.index, length, confidence: 1 });
    }
  },
} satisfies Detector);
