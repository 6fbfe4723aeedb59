/** The egress table: for each backend the network that it is declared on, its certificates and its proxy. */
import type { BackendConfig, WholeConfig } from '../core/config.ts';
import type { EgressNetwork, EgressRoute, RouteTls } from '../core/egress-route.ts';
import { parseIp, parseRange } from '../core/ip-address.ts';
import type { Secret } from '../core/secret.ts';

/** The terms for one backend of a checked file. @param secret resolves a reference as written */
export function compileEgress(
  config: BackendConfig,
  zones: WholeConfig['zones'],
  secret: (reference: string) => Secret,
): EgressRoute {
  const network = routeOf(config);
  const cidr = network === 'perimeter' ? perimeterOf(zones) : [];
  const proxy = config.proxy?.replace(/\/$/, '') ?? null;
  const binding = config.binding ?? null;
  return Object.freeze({
    // the reference of the key, not the key: this is a name
    terms: JSON.stringify([network, cidr, config.tls ?? null, proxy, binding]),
    network,
    ranges: cidr.map((range) => parseRange(range)!),
    tls: config.tls === undefined ? null : tlsOf(config.tls, secret),
    proxy,
    binding,
  });
}

/** A name that only a private network can have leads there by itself; what constraints ask is the fact alone. */
function routeOf(config: BackendConfig): EgressNetwork {
  const stated = networkOf(config);
  const host = config.url === undefined ? '' : (URL.parse(config.url)?.hostname ?? '');
  return stated === 'public' && config.facts?.network === undefined && isPrivateName(host) ? 'private-link' : stated;
}

/** Names without a dot, and those below the domains that no public resolver answers for (RFC 6762, RFC 8375, ICANN's `.internal`). */
function isPrivateName(host: string): boolean {
  if (host === '' || host === 'localhost' || host.startsWith('[') || parseIp(host) !== null) return false;
  return !host.includes('.') || /\.(?:internal|local|lan|home\.arpa|corp|svc|cluster\.local)$/.test(host);
}

/** What the fact says; public where it is not stated. */
export function networkOf({ facts }: BackendConfig): EgressNetwork {
  const stated = facts?.network;
  const value = typeof stated === 'object' && 'value' in stated ? stated.value : stated;
  return value === 'perimeter' || value === 'private-link' ? value : 'public';
}

/** The ranges of the zone `perimeter`; none where it is not one of addresses. */
export function perimeterOf({ perimeter }: WholeConfig['zones']): readonly string[] {
  return perimeter !== undefined && 'cidr' in perimeter ? perimeter.cidr : [];
}

function tlsOf(tls: NonNullable<BackendConfig['tls']>, secret: (reference: string) => Secret): RouteTls {
  return Object.freeze({
    ca: tls.ca ?? null,
    cert: tls.cert ?? null,
    key: tls.key === undefined ? null : secret(tls.key),
  });
}
