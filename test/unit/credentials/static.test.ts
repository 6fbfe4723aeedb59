/** A static key: in the right header, to the right origin, and printed nowhere. */
import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EgressPermit } from '../../../src/core/egress.ts';
import { isGatewayError } from '../../../src/core/gateway-error.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { UpstreamRequest } from '../../../src/core/transport.ts';
import { createStaticCredential } from '../../../src/credentials/static.ts';

const origin = 'https://api.example.com';

function requestTo(url: string): UpstreamRequest {
  return {
    url,
    method: 'POST',
    headers: [],
    body: new Uint8Array(),
    limits: { connectMs: 1, headersMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 },
    permit: EgressPermit.mint('sha256:test', origin, 'attempt', 'decision'),
  };
}

/** What `f` throws; null when it throws nothing. */
function errorOf(f: () => unknown): unknown {
  try {
    f();
    return null;
  } catch (error) {
    return error;
  }
}

/** The code of the GatewayError that `f` throws; null when it throws none. */
function codeOf(f: () => unknown): string | null {
  const error = errorOf(f);
  return isGatewayError(error) ? error.code : null;
}

describe('createStaticCredential', () => {
  const bearer = createStaticCredential({ type: 'bearer' }, new Secret('sk-1'), origin);

  it('sends a bearer token', () => {
    expect(bearer.sign(requestTo(`${origin}/v1/chat/completions`))).toEqual(['authorization', 'Bearer sk-1']);
  });

  it('sends a key in a header of its own', () => {
    const credential = createStaticCredential({ type: 'header', name: 'X-Api-Key' }, new Secret('sk 2'), origin);
    expect(credential.sign(requestTo(`${origin}?a=b`))).toEqual(['x-api-key', 'sk 2']);
  });

  it('makes its headers once and freezes them', () => {
    const first = bearer.sign(requestTo(`${origin}/a`));
    expect(bearer.sign(requestTo(`${origin}/b`))).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
  });

  it.each([
    'https://api.example.com.evil.example/v1',
    'https://api.example.com@evil.example/v1',
    'https://api.example.com:8443/v1',
    'http://api.example.com/v1',
    'https://API.example.com/v1',
    'https://evil.example/?https://api.example.com/',
    '',
  ])('refuses %s', (url) => {
    expect(codeOf(() => bearer.sign(requestTo(url)))).toBe('egress-denied');
  });

  it('signs only what a URL parser also puts at the origin', () => {
    const tails = fc.string({ unit: fc.constantFrom('/', '?', '#', '@', ':', '.', '\\', 'a', '8', '%') });
    fc.assert(
      fc.property(tails, (tail) => {
        const url = origin + tail;
        const signed = codeOf(() => bearer.sign(requestTo(url))) === null;
        expect(signed && URL.canParse(url) ? new URL(url).origin : origin).toBe(origin);
      }),
    );
  });

  it.each(['', ' sk', 'sk ', 'sk\r\nx-evil: 1', 'sk\u0000', 'schlüssel'])('refuses the key %j', (key) => {
    const make = () => createStaticCredential({ type: 'bearer' }, new Secret(key), origin);
    expect(codeOf(make)).toBe('upstream-auth');
  });

  it('refuses a header name that is none', () => {
    const make = () => createStaticCredential({ type: 'header', name: 'x key:' }, new Secret('sk'), origin);
    expect(codeOf(make)).toBe('upstream-auth');
  });

  it('says the key in no error and no print-out', () => {
    const error = errorOf(() => createStaticCredential({ type: 'bearer' }, new Secret('sk-canary\n'), origin));
    expect(isGatewayError(error)).toBe(true);
    expect(inspect(error)).not.toContain('sk-canary');
    const credential = createStaticCredential({ type: 'bearer' }, new Secret('sk-canary'), origin);
    expect(inspect(credential, { depth: 9, showHidden: true }) + JSON.stringify(credential)).not.toContain('sk-canary');
  });
});
