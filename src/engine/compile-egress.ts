/** The egress table: for each backend the network that it is declared on, its certificates and its proxy. */
import type { BackendConfig, WholeConfig } from '../core/config.ts';
import type { EgressNetwork, EgressRoute, RouteTls } from '../core/egress-route.ts';
import { parseRange } from '../core/ip-address.ts';
import type { Secret } from '../core/secret.ts';

/** The terms for one backend of a checked file. @param secret resolves a reference as written */
export function compileEgress(
  config: BackendConfig,
  zones: WholeConfig['zones'],
  secret: (reference: string) => Secret,
): EgressRoute {
  const network = networkOf(config);
  const cidr = network === 'perimeter' ? perimeterOf(zones) : [];
  const proxy = config.proxy?.replace(/\/$/, '') ?? null;
  return Object.freeze({
    // the reference of the key, not the key: this is a name
    terms: JSON.stringify([network, cidr, config.tls ?? null, proxy]),
    network,
    ranges: cidr.map((range) => parseRange(range)!),
    tls: config.tls === undefined ? null : tlsOf(config.tls, secret),
    proxy,
  });
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
