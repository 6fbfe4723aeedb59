/** Checks a request's head as far as a Request object shows it: the runtime's own parser has already judged the framing. */
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

/** The first thing that is wrong with a request's head, or null. */
export function checkHead(request: Request, headers: HeaderView, hosts: AllowedHosts): GatewayError | null {
  const url = URL.parse(request.url);
  if (url === null) return new GatewayError('bad-host', undefined, { where: 'host' });
  if (url.pathname.length + url.search.length > MAX_URL_BYTES) {
    return new GatewayError('url-too-long', undefined, { where: 'url' });
  }
  // A Request that a program made has no Host header; its URL then says which host is meant.
  const host = headers.get('host');
  return (
    headersError(headers) ??
    hostError(host ?? url.host, hosts) ??
    (host === null || hosts.allows(url.host)
      ? null
      : new GatewayError('misdirected-request', undefined, { where: 'url' })) ??
    connectionError(headers.get('connection'))
  );
}

/** Equal headers arrive joined by commas, which none of the single ones may have. */
function headersError(headers: HeaderView): GatewayError | null {
  let count = 0;
  let error: GatewayError | null = null;
  headers.forEach((name, value) => {
    count++;
    error ??= valueError(name, value);
    if (SINGLE.has(name) && value.includes(',')) error ??= headerError(name, `The header ${name} came twice.`);
  });
  return count > MAX_HEADERS ? new GatewayError('too-many-headers') : error;
}
