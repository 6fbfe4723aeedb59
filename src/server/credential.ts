/** Which key a client presented: exactly one, none, or several that differ. */
import type { PresentedCredential } from '../core/gateway.ts';
import type { HeaderView } from '../core/headers.ts';
import { Secret } from '../core/secret.ts';

/** Headers that carry a bare key. `Authorization: Bearer` is the fourth place. */
const KEY_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'] as const;

/** RFC 6750: the scheme in any case, spaces, one token; tabs and other schemes are no credential here. */
const BEARER = /^bearer +([^\s,]+)$/i;

/** Reads the credential. Keys in the query string are not looked at: they end up in logs on the way. */
export function readCredential(headers: HeaderView): PresentedCredential | null {
  let key: string | null = null;
  let isAmbiguous = false;
  const where: string[] = [];
  const add = (name: string, value: string | null | undefined): void => {
    if (value === null || value === undefined || value === '') return;
    where.push(name);
    if (key === null) key = value;
    else if (key !== value) isAmbiguous = true;
  };
  const authorization = headers.get('authorization');
  if (authorization !== null) add('authorization', BEARER.exec(authorization)?.[1]);
  for (const name of KEY_HEADERS) add(name, headers.get(name));
  if (key === null) return null;
  return isAmbiguous ? { kind: 'ambiguous', where } : { kind: 'key', key: new Secret(key) };
}
