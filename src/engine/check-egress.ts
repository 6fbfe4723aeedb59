/** What a file says of networks, certificates and proxies must be possible to hold, or it is not loaded. */
import type { BackendConfig, ConfigReport, WholeConfig } from '../core/config.ts';
import { isWithin, parseIp, parseRange } from '../core/ip-address.ts';
import { checkBinding } from './check-binding.ts';
import { networkOf, perimeterOf } from './compile-egress.ts';

/** Checks one backend. @param url where it is, with the address of its provider where it has none of its own */
export function checkEgress(
  id: string,
  backend: BackendConfig,
  url: string | null,
  { zones }: WholeConfig,
  report: ConfigReport,
): void {
  const at = ['backends', id];
  // what is no http URL was reported where it stands
  const host = (url !== null && /^https?:\/\/[^/]/i.test(url) ? URL.parse(url)?.hostname : null) ?? '';
  if (backend.binding !== undefined) {
    checkBinding(id, backend, url, report);
    return;
  }
  if (networkOf(backend) === 'perimeter') checkPerimeter(id, backend, host, perimeterOf(zones), report);
  const isHalf = (backend.tls?.cert === undefined) !== (backend.tls?.key === undefined);
  if (isHalf && report.isSound([...at, 'tls'])) {
    report.add({
      at: [...at, 'tls'],
      code: 'half-certificate',
      message: 'a certificate and its key belong together',
      fix: 'give both cert and key, or neither',
    });
  }
  if (backend.tls !== undefined && url !== null && /^http:/i.test(url)) {
    report.add({
      at: [...at, 'tls'],
      code: 'tls-without-https',
      message: 'the connection is not encrypted, so these certificates would not be used',
      fix: 'use an https URL, or remove tls',
    });
  }
}

function checkPerimeter(
  id: string,
  backend: BackendConfig,
  host: string,
  cidr: readonly string[],
  report: ConfigReport,
): void {
  const at = ['backends', id];
  const isPerimeterSound = report.isSound(['zones', 'perimeter']);
  if (cidr.length === 0 && isPerimeterSound) {
    report.add({
      at: [...at, 'facts', 'network'],
      code: 'missing-perimeter',
      message: 'nothing says which addresses the perimeter has',
      fix: 'add zones: { perimeter: { cidr: [10.20.0.0/16] } }',
    });
  }
  const literal = parseIp(host.replace(/^\[|\]$/g, ''));
  // a range that cannot be read may be the one
  const ranges = cidr.map((text) => parseRange(text));
  const isInside = literal === null || ranges.some((range) => range === null || isWithin(literal, range));
  if (cidr.length > 0 && isPerimeterSound && !isInside) {
    report.add({
      at: [...at, 'url'],
      code: 'outside-perimeter',
      message: `${host} lies outside the perimeter`,
      fix: 'correct the address, or the ranges of zones.perimeter',
    });
  }
  if (backend.proxy !== undefined) {
    report.add({
      at: [...at, 'proxy'],
      code: 'perimeter-proxy',
      message: 'behind a proxy nobody can prove that a connection stays in the perimeter',
      fix: 'remove the proxy, or state another network',
    });
  }
}
