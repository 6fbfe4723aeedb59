/** Which addresses a route admits, in every form in which an address can be written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowsAddress, type EgressNetwork, type EgressRoute } from '../../../src/core/egress-route.ts';
import { isPublicAddress, isWithin, parseIp, parseRange } from '../../../src/core/ip-address.ts';

function route(network: EgressNetwork, ...cidr: string[]): EgressRoute {
  return { terms: '', network, ranges: cidr.map((text) => parseRange(text)!), tls: null, proxy: null, binding: null };
}

function admits(terms: EgressRoute, host: string, address: string): boolean {
  return allowsAddress(terms, host, parseIp(address));
}

describe('addresses', () => {
  it.each([
    '1.2.3',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4.5',
    '0x7f.1',
    '::g',
    '1::2::3',
    '1:2:3:4:5:6:7',
    ':1',
    'fe80::1%eth0',
    '',
  ])('does not take %j for one', (text) => expect(parseIp(text)).toBeNull());

  it('reads an IPv4 address that is written as IPv6 as what it is', () => {
    for (const text of ['::ffff:127.0.0.1', '::FFFF:7f00:1', '0:0:0:0:0:ffff:127.0.0.1']) {
      expect(parseIp(text)).toEqual({ family: 4, value: 0x7f000001 });
    }
  });

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    '2002:a00:1::',
    '2001:db8::1',
    '::127.0.0.1',
  ])('does not take %s for public', (text) => expect(isPublicAddress(parseIp(text)!)).toBe(false));

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '2a00:1450::1'])('takes %s for public', (text) =>
    expect(isPublicAddress(parseIp(text)!)).toBe(true),
  );

  it('reads ranges, whose bits beyond the prefix must be zero', () => {
    expect(['10.0.0.0/8', 'fd00::/8', '1.2.3.4/32', '::/0'].map((text) => parseRange(text) !== null)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['10.0.0.1/8', '10.0.0.0/33', 'fd00::1/64', '10.0.0.0', 'x/8', '10.0.0.0/08'].map(parseRange)).toEqual(
      Array(6).fill(null),
    );
  });

  it('places addresses in ranges as counting does', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, byte, fc.integer({ min: 0, max: 32 }), (a, b, c, d, bits) => {
        const value = a * 2 ** 24 + b * 2 ** 16 + c * 256 + d;
        const base = Math.floor(value / 2 ** (32 - bits)) * 2 ** (32 - bits);
        const range = { address: { family: 4, value: base }, bits } as const;
        expect(isWithin({ family: 4, value }, range)).toBe(true);
        const beyond = base + 2 ** (32 - bits);
        expect(beyond < 2 ** 32 && isWithin({ family: 4, value: beyond }, range)).toBe(false);
      }),
    );
  });
});

describe('routes', () => {
  it.each<[EgressNetwork, string, string, boolean]>([
    ['public', 'api.example.com', '93.184.215.14', true],
    ['public', 'api.example.com', '10.0.0.5', false],
    ['public', 'api.example.com', '127.0.0.1', false],
    ['public', 'api.example.com', '169.254.169.254', false],
    ['public', 'api.example.com', '::ffff:10.0.0.5', false],
    ['public', '10.0.0.5', '10.0.0.5', true],
    ['public', '10.0.0.5', '10.0.0.6', false],
    ['public', '[::1]', '::1', true],
    ['public', 'localhost', '127.0.0.1', true],
    ['public', 'localhost', '10.0.0.1', false],
    ['private-link', 'llm.corp', '10.0.0.5', true],
    ['private-link', 'llm.corp', '127.0.0.1', false],
    ['private-link', 'llm.corp', '169.254.169.254', false],
    ['private-link', 'llm.corp', 'fd00:ec2::254', false],
    ['private-link', 'llm.corp', '100.100.100.200', false],
  ])('%s: %s may lead to %s: %s', (network, host, address, allowed) => {
    expect(admits(route(network), host, address)).toBe(allowed);
  });

  it('a perimeter admits what lies in it and nothing else, whatever the URL says', () => {
    const terms = route('perimeter', '10.20.0.0/16', 'fd00:20::/48');
    expect(admits(terms, 'llm.corp', '10.20.3.4')).toBe(true);
    expect(admits(terms, 'llm.corp', 'fd00:20::5')).toBe(true);
    expect(admits(terms, '10.21.0.1', '10.21.0.1')).toBe(false);
    expect(admits(terms, 'llm.corp', '8.8.8.8')).toBe(false);
    expect(admits(terms, 'localhost', '127.0.0.1')).toBe(false);
  });
});
