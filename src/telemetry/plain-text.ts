/** Foreign words in logs, labels and spans: bounded, and without characters that steer a terminal or a reader. */

/** The longest foreign word that is recorded, in UTF-16 code units. */
export const MAX_WORD = 256;

const HARMLESS = /^[\x20-\x7e]*$/;
const STEERING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * The text cut to `longest` code units, with control characters (C0, DEL, C1), line separators, bidirectional marks and halves of
 * surrogate pairs replaced by U+FFFD: no client forges a log line or colours a terminal through a model name or a request id.
 */
export function plainText(text: string, longest = MAX_WORD): string {
  const cut = text.length > longest ? text.slice(0, longest) : text;
  return HARMLESS.test(cut) ? cut : cut.replace(STEERING, '\ufffd');
}
