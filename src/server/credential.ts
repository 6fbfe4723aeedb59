/** Which key a client presented: exactly one, none, or several that differ. */
import type { PresentedCredential } from '../core/gateway.ts';
import type { HeaderView } from '../core/headers.ts';
import { Secret } from '../core/secret.ts';

/** Headers that carry a bare key. `Authorization: Bearer` is the fourth place. */
const KEY_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'] as const;

/** RFC 6750: the scheme in any case, spaces, one token; tabs and other schemes are no credential here. */
const BEARER = /^bearer +[^\s,]+$/i;

/** Reads the credential. Keys in the query string are not looked at: they end up in logs on the way. */
export function readCredential(headers: HeaderView): PresentedCredential | null {
  const authorization = headers.get('authorization');
  let key = authorization === null || !BEARER.test(authorization) ? null : tokenOf(authorization);
  let where: string[] | null = null;
  let first = 'authorization';
  for (const name of KEY_HEADERS) {
    const value = headers.get(name);
    if (value === null || value === '') continue;
    if (key === null) {
      key = value;
      first = name;
    } else if (key !== value) {
      (where ??= [first]).push(name);
    }
  }
  if (where !== null) return { kind: 'ambiguous', where };
  return key === null ? null : { kind: 'key', key: new Secret(key) };
}

/** Nearly everybody sends one space. */
function tokenOf(bearer: string): string {
  return bearer.slice(bearer.lastIndexOf(' ') + 1);
}
