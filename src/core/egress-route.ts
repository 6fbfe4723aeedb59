/** How a backend may be reached: which addresses, by whose certificates, through which proxy or binding; compiled once per backend. */
import { isPublicAddress, isWithin, parseIp, parseRange, type IpAddress, type IpRange } from './ip-address.ts';
import type { Secret } from './secret.ts';

/** On which network a backend stands, as its fact `network` says; `public` where nothing does. */
export type EgressNetwork = 'public' | 'private-link' | 'perimeter';

/** Certificates of one backend, PEM. */
export interface RouteTls {
  /** The only authorities that are trusted; null = those of the system. */
  readonly ca: string | null;
  /** What the gateway shows of itself, with its key; both or neither. */
  readonly cert: string | null;
  readonly key: Secret | null;
}

/** The terms under which connections are opened. */
export interface EgressRoute {
  /** Connections are shared only between routes with equal terms: the same network, ranges, certificates and proxy. */
  readonly terms: string;
  readonly network: EgressNetwork;
  /** The perimeter; empty on other networks. */
  readonly ranges: readonly IpRange[];
  readonly tls: RouteTls | null;
  /** `http://host:port` of a proxy that is asked to CONNECT; null = direct. */
  readonly proxy: string | null;
  /** The worker's binding that is the only way there; null = over the network. */
  readonly binding: string | null;
}

/** Where private networks and carriers number themselves: what a private link may lead to. */
const PRIVATE = ranges('10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7');
/** Services of clouds that hand out credentials, inside those ranges. */
const METADATA = ranges('100.100.100.200/32 fd00:ec2::254/128 fd20:ce::254/128');
const LOOPBACK = ranges('127.0.0.0/8 ::1/128');

/**
 * True when a connection for `host` may go to `address`. A perimeter admits what lies in it and nothing else. Elsewhere an
 * address that the configuration writes out is the one that is meant; a name may lead to the public internet, over a private
 * link to private networks, and `localhost` to this machine: never to link-local addresses or metadata services.
 * @param host as in the URL, IPv6 in brackets
 */
export function allowsAddress(route: EgressRoute, host: string, address: IpAddress | null): boolean {
  if (address === null) return false;
  if (route.network === 'perimeter') return isIn(address, route.ranges);
  const literal = parseIp(host.replace(/^\[|\]$/g, ''));
  if (literal !== null) return JSON.stringify(literal) === JSON.stringify(address);
  if (host === 'localhost' || host.endsWith('.localhost')) return isIn(address, LOOPBACK);
  if (isPublicAddress(address)) return true;
  return route.network === 'private-link' && isIn(address, PRIVATE) && !isIn(address, METADATA);
}

function isIn(address: IpAddress, list: readonly IpRange[]): boolean {
  return list.some((range) => isWithin(address, range));
}

function ranges(text: string): readonly IpRange[] {
  return Object.freeze(text.split(' ').map((range) => parseRange(range)!));
}
