/** Lower-case hexadecimal text of bytes, and back. */

const DIGITS = /^(?:[0-9a-f]{2})*$/;

/** Two lower-case digits per byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** The bytes of lower-case hexadecimal text; null when it is anything else. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (!DIGITS.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
