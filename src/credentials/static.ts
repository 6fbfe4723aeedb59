/** A key that does not change: its headers are made once, and it goes to one origin only. */
import type { Credential } from '../core/credential.ts';
import { GatewayError } from '../core/gateway-error.ts';
import type { HeaderList } from '../core/headers.ts';
import type { AuthScheme } from '../core/provider.ts';
import type { Secret } from '../core/secret.ts';
import type { UpstreamRequest } from '../core/transport.ts';

/** The schemes that carry a key. */
export type KeyScheme = Exclude<AuthScheme, { readonly type: 'none' }>;

/** What a header value may hold (RFC 9110, 5.5), without the bytes above ASCII, which no vendor's key has. */
const HEADER_VALUE = /^[\x21-\x7e]+([\x20\t]+[\x21-\x7e]+)*$/;

/** A token (RFC 9110, 5.6.2). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Makes the credential of a backend with a static key; a backend without a key has `null` in its place.
 * @param origin exact origin (scheme, host, port) of the backend; `sign` refuses every other one with `egress-denied`
 * @throws GatewayError `upstream-auth` when the key or the header's name cannot be sent as a header
 */
export function createStaticCredential(scheme: KeyScheme, secret: Secret, origin: string): Credential {
  const headers = headersOf(scheme, secret.reveal());
  return {
    sign(request: UpstreamRequest): HeaderList {
      if (!isWithin(request.url, origin)) {
        throw new GatewayError('egress-denied', 'The key of this backend may not be sent to another origin.');
      }
      return headers;
    },
  };
}

function headersOf(scheme: KeyScheme, key: string): HeaderList {
  const name = scheme.type === 'header' ? scheme.name.toLowerCase() : 'authorization';
  if (!HEADER_NAME.test(name)) {
    throw new GatewayError('upstream-auth', 'The header for the key of a backend has no valid name.');
  }
  if (!HEADER_VALUE.test(key)) {
    throw new GatewayError('upstream-auth', 'The key of a backend cannot be sent as a header.', {
      hint: 'Check the key for line breaks, surrounding spaces or characters beyond ASCII; it must not be empty.',
    });
  }
  return Object.freeze([name, scheme.type === 'header' ? key : `Bearer ${key}`]);
}

/** True when `url` begins with the whole origin: `https://a.example:8` or `https://a.example@b` are not in `https://a.example`. */
function isWithin(url: string, origin: string): boolean {
  if (!url.startsWith(origin)) return false;
  const next = url.charAt(origin.length);
  return next === '/' || next === '?' || next === '';
}
