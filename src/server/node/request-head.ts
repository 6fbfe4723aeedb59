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

/** A bit per name in SINGLE, and the lengths of those names: most headers are told apart without lowering their case. */
const BITS = new Map<string, number>();
const LENGTHS = new Uint8Array(256);
for (const name of SINGLE) {
  BITS.set(name, 1 << BITS.size);
  LENGTHS[name.length] = 1;
}

/** Node keeps the first of two equal headers and says nothing; only the raw list shows the second. */
function rawError(raw: readonly string[]): GatewayError | null {
  if (raw.length > MAX_HEADERS * 2) return new GatewayError('too-many-headers');
  let seen = 0;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!;
    const error = valueError(name, raw[i + 1]!);
    if (error !== null) return error;
    if (LENGTHS[name.length] !== 1) continue;
    const bit = BITS.get(name.toLowerCase()) ?? 0;
    if ((seen & bit) !== 0) return twiceError(name.toLowerCase());
    seen |= bit;
  }
  return null;
}

function twiceError(name: string): GatewayError {
  if (name === 'host') return new GatewayError('bad-host', 'There are two Host headers.', { where: 'host' });
  return headerError(name, `The header ${name} came twice.`);
}

/** RFC 9112 section 3.2: the absolute form is legal, but its authority must be the one of the Host header. */
function targetError(url: string, host: string): GatewayError | null {
  if (url.startsWith('/')) return null;
  const target = URL.parse(url);
  if (target !== null && target.username === '' && target.host.toLowerCase() === host.toLowerCase()) return null;
  return new GatewayError('misdirected-request', undefined, { where: 'url' });
}
