/** Addresses to listen on, and which of them only this machine reaches. */
import { describe, expect, it } from 'vitest';
import { isLoopback, parseAddress } from '../../../src/engine/address.ts';

describe('an address', () => {
  it.each([
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['[::1]:0', '::1', 0],
    ['[fe80::1%eth0]:443', 'fe80::1%eth0', 443],
    ['localhost:65535', 'localhost', 65535],
  ])('%s', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
  });

  it.each(['', '8080', ':8080', 'a:', 'a:65536', '::1:80', '[a', 'http://a:80', 'a:80 '])('%j is none', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it.each(['127.0.0.1', '127.8.9.10', '::1', '0:0:0:0:0:0:0:1', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1'])(
    '%s is loopback',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost.example.com', '127.example.com', '::2'])(
    '%s is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
