/** IP addresses as numbers, and which of them belong to nobody in particular: private, local, reserved. */

/** An address of either family; IPv6 as eight groups of 16 bits. */
export type IpAddress =
  | { readonly family: 4; readonly value: number }
  | { readonly family: 6; readonly groups: readonly number[] };

/** A range of addresses: those whose first `bits` bits are the same. */
export interface IpRange {
  readonly address: IpAddress;
  readonly bits: number;
}

/** Four decimal numbers without leading zeros, which readers take for octal; null = it is not that. */
function parseIPv4(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The eight groups of an address in any form of RFC 4291, section 2.2; null = it is none. A zone index is not accepted. */
export function parseIPv6(text: string): readonly number[] | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const low = parseIPv4(dotted[2]!);
    if (low === null) return null;
    return parseIPv6(`${dotted[1]!}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const written = [...head!, ...(tail ?? [])];
  if (!written.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return null;
  const missing = 8 - written.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  return [...head!, ...Array.from({ length: tail === undefined ? 0 : missing }, () => '0'), ...(tail ?? [])].map(
    (group) => Number.parseInt(group, 16),
  );
}

/** An address of either family; an IPv4 address written as IPv6 (`::ffff:…`) is that IPv4 address. null = it is none. */
export function parseIp(text: string): IpAddress | null {
  const value = parseIPv4(text);
  if (value !== null) return { family: 4, value };
  const groups = parseIPv6(text);
  if (groups === null) return null;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? { family: 4, value: groups[6]! * 65_536 + groups[7]! } : { family: 6, groups };
}

/** A range in CIDR notation whose bits beyond the prefix are zero; null = it is none. */
export function parseRange(text: string): IpRange | null {
  const parts = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = parts === null ? null : parseIp(parts[1]!);
  const bits = Number(parts?.[2]);
  if (address === null || bits > (address.family === 4 ? 32 : 128)) return null;
  const range = { address, bits };
  return isWithin(lowest(range), range) && isSame(lowest(range), address) ? range : null;
}

/** True when the address is in the range; families never mix. */
export function isWithin(address: IpAddress, range: IpRange): boolean {
  const { address: base, bits } = range;
  if (address.family === 4 && base.family === 4) return isPrefix(address.value, base.value, bits, 32);
  if (address.family !== 6 || base.family !== 6) return false;
  for (let i = 0; i * 16 < bits; i++) {
    if (!isPrefix(address.groups[i]!, base.groups[i]!, Math.min(16, bits - i * 16), 16)) return false;
  }
  return true;
}

function isPrefix(a: number, b: number, bits: number, width: number): boolean {
  const shift = 2 ** (width - bits);
  return Math.floor(a / shift) === Math.floor(b / shift);
}

function lowest({ address, bits }: IpRange): IpAddress {
  const cut = (value: number, keep: number, width: number): number => {
    const shift = 2 ** (width - keep);
    return Math.floor(value / shift) * shift;
  };
  if (address.family === 4) return { family: 4, value: cut(address.value, bits, 32) };
  return {
    family: 6,
    groups: address.groups.map((group, i) => cut(group, Math.max(0, Math.min(16, bits - i * 16)), 16)),
  };
}

function isSame(a: IpAddress, b: IpAddress): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Ranges that are not globally reachable, or that lead back inside by another name.
 * Source: IANA IPv4 and IPv6 special-purpose address registries (RFC 6890 and its updates), and multicast (RFC 5771, RFC 4291).
 */
const SPECIAL: readonly IpRange[] = Object.freeze(
  (
    '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 ' +
    '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ' +
    '::/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 ' +
    'fe80::/10 fec0::/10 ff00::/8'
  )
    .split(' ')
    .map((text) => parseRange(text)!),
);

/** True for an address of the public internet. */
export function isPublicAddress(address: IpAddress): boolean {
  return !SPECIAL.some((range) => isWithin(address, range));
}

/** First address and size of those of version 4: texts full of addresses are asked about them all. */
const SPECIAL_V4 = SPECIAL.flatMap(({ address, bits }) =>
  address.family === 4 ? [{ first: address.value, size: 2 ** (32 - bits) }] : [],
);

/** True for an IPv4 address of the public internet. */
export function isPublicIPv4(value: number): boolean {
  for (const { first, size } of SPECIAL_V4) if (value >= first && value < first + size) return false;
  return true;
}

/** The same of version 6, by the first group of the lowest and the highest address. */
const SPECIAL_V6 = SPECIAL.flatMap((range) =>
  range.address.family === 6
    ? [{ range, first: range.address.groups[0]!, size: 2 ** Math.max(0, 16 - range.bits) }]
    : [],
);

/** True for an IPv6 address of the public internet. */
export function isPublicIPv6(groups: readonly number[]): boolean {
  const group = groups[0]!;
  for (const { range, first, size } of SPECIAL_V6) {
    if (group >= first && group < first + size && isWithin({ family: 6, groups }, range)) return false;
  }
  return true;
}
