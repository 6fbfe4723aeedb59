/** What a request must look like before its body is read; the rules that both runtimes can check. */
import { GatewayError } from '../core/gateway-error.ts';
import type { HeaderView } from '../core/headers.ts';

/** Limits on the head of a request. */
export const MAX_URL_BYTES = 8192;

/** Limits on the head of a request. */
export const MAX_HEADERS = 100;

const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const PORT = /:[0-9]{1,5}$/;
const JSON_TYPE = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-?8"?)?[ \t]*;?$/i;

/** Anything but visible ASCII, spaces and tabs. */
const ODD = /[^\t\x20-\x7e]/;

/** The gateway makes its own where these are odd, so they are replaced rather than refused. */
const REPLACED: ReadonlySet<string> = new Set(['x-request-id', 'traceparent', 'tracestate', 'baggage']);

/** Headers whose meaning must not depend on which copy is read, and which no `connection` header may name. */
export const SINGLE: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
]);

/** The names this gateway answers to. */
export interface AllowedHosts {
  /** True when the list is empty or holds the host, with or without its port. */
  allows(host: string): boolean;
}

/** Compiles a list of host names; an entry without a port stands for every port. Empty: every host. */
export function defineHosts(names: readonly string[]): AllowedHosts {
  const hosts = new Set(names.map((name) => name.toLowerCase()));
  return {
    allows(host) {
      if (hosts.size === 0) return true;
      const name = host.toLowerCase();
      return hosts.has(name) || hosts.has(name.replace(PORT, ''));
    },
  };
}

/** The last host that was seen and fine: nearly all requests of a gateway name the same. */
let lastHost = '';

/** True for a host name or address with or without a port. */
export function isHost(host: string): boolean {
  if (host === lastHost) return true;
  if (!HOST.test(host)) return false;
  lastHost = host;
  return true;
}

/** A `host` value that is missing, odd or not ours; null when it is fine. */
export function hostError(host: string | null, hosts: AllowedHosts): GatewayError | null {
  if (host === null || host === '') return new GatewayError('bad-host', undefined, { where: 'host' });
  if (!isHost(host)) return new GatewayError('bad-host', 'The Host header is not a host name.', { where: 'host' });
  return hosts.allows(host) ? null : new GatewayError('misdirected-request', undefined, { where: 'host' });
}

/** A header value with bytes that somebody down the road may read differently; null when it is plain. */
export function valueError(name: string, value: string): GatewayError | null {
  if (!ODD.test(value) || REPLACED.has(name.toLowerCase())) return null;
  return headerError(name.toLowerCase(), `The header ${name} has other than visible ASCII characters.`);
}

/** A `connection` header that asks to have a header dropped on which security rests; null when it does not. */
export function connectionError(value: string | null): GatewayError | null {
  if (value === null || value === 'keep-alive' || value === 'close') return null;
  for (const token of value.split(',')) {
    const name = token.trim().toLowerCase();
    if (SINGLE.has(name)) return headerError('connection', `The Connection header may not name ${name}.`);
  }
  return null;
}

/** A body that is not declared as plain JSON; null when it is. */
export function bodyTypeError(headers: HeaderView): GatewayError | null {
  const type = headers.get('content-type');
  if (type === null || !(type === 'application/json' || JSON_TYPE.test(type))) {
    return new GatewayError('unsupported-media-type', undefined, { where: 'content-type' });
  }
  const encoding = headers.get('content-encoding');
  if (encoding === null || encoding.toLowerCase() === 'identity') return null;
  return new GatewayError('unsupported-encoding', undefined, { where: 'content-encoding' });
}

/** A body longer than `limit` bytes. */
export function bodySizeError(limit: number): GatewayError {
  return new GatewayError('request-too-large', `The request body is longer than ${limit} bytes.`, { where: 'body' });
}

/** `bad-header`, naming the header. */
export function headerError(name: string, message: string): GatewayError {
  return new GatewayError('bad-header', message, { where: name });
}
