/** Bytes that are carried as text: what is text behind base64 or a data URL is read, everything else cannot be. */

const BASE64 = /^[A-Za-z0-9+/_-]{64}/;

/** True for a value that is base64 rather than words. */
export function isBase64(value: string): boolean {
  return value.length >= 64 && BASE64.test(value) && !value.includes(' ');
}

/** The text in a data URL; null = it is not text. */
export function textOfDataUrl(url: string): string | null {
  const comma = url.indexOf(',');
  if (comma < 0) return null;
  const body = url.slice(comma + 1);
  if (/;base64$/i.test(url.slice(0, comma))) return textOfBase64(body);
  try {
    return decodeURIComponent(body);
  } catch {
    return null;
  }
}

/** The text in base64 or base64url; null = it is not UTF-8 text. */
export function textOfBase64(value: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(value.replaceAll('-', '+').replaceAll('_', '/')), (unit) => unit.charCodeAt(0));
    return bytes.includes(0) ? null : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
