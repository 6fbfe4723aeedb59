/** Checks a request as Node parsed it: what its HTTP parser lets through and a gateway must not. */
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../core/gateway-error.ts';
import type { HeaderView } from '../../core/headers.ts';
import {
  connectionError,
  headerError,
  hostError,
  MAX_HEADERS,
  MAX_URL_BYTES,
  SINGLE,
  valueError,
  type AllowedHosts,
} from '../head-rules.ts';

/** The first thing that is wrong with a request's head, or null. Reads every header once. */
export function checkHead(incoming: IncomingMessage, headers: HeaderView, hosts: AllowedHosts): GatewayError | null {
  if (incoming.httpVersion !== '1.1' && incoming.httpVersion !== '1.0') {
    return new GatewayError('unsupported-http-version');
  }
  const url = incoming.url ?? '';
  if (url.length > MAX_URL_BYTES) return new GatewayError('url-too-long', undefined, { where: 'url' });
  return (
    rawError(incoming.rawHeaders) ??
    hostError(headers.get('host'), hosts) ??
    targetError(url, headers.get('host') ?? '') ??
    connectionError(headers.get('connection'))
  );
}

/** Node keeps the first of two equal headers and says nothing; only the raw list shows the second. */
function rawError(raw: readonly string[]): GatewayError | null {
  if (raw.length > MAX_HEADERS * 2) return new GatewayError('too-many-headers');
  let seen: string[] | null = null;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const error = valueError(name, raw[i + 1]!);
    if (error !== null) return error;
    if (!SINGLE.has(name)) continue;
    if (seen === null) seen = [name];
    else if (!seen.includes(name)) seen.push(name);
    else if (name === 'host') return new GatewayError('bad-host', 'There are two Host headers.', { where: 'host' });
    else return headerError(name, `The header ${name} came twice.`);
  }
  return null;
}

/** RFC 9112 section 3.2: the absolute form is legal, but its authority must be the one of the Host header. */
function targetError(url: string, host: string): GatewayError | null {
  if (url.startsWith('/')) return null;
  const target = URL.parse(url);
  if (target !== null && target.username === '' && target.host.toLowerCase() === host.toLowerCase()) return null;
  return new GatewayError('misdirected-request', undefined, { where: 'url' });
}
