/** Keys in files: three curves sign and verify, every other kind is refused by name. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CryptoError } from '../../../src/crypto/crypto-error.ts';
import { readSigningKey } from '../../../src/crypto/node/signing-key.ts';
import { readPublicKey, verifySignature } from '../../../src/crypto/public-key.ts';
import { readCertificate } from '../../../src/crypto/x509.ts';
import { makeCertificate, makeKey, privatePem, publicPem } from '../../support/certificates.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'fine';
  } catch (error) {
    return error instanceof CryptoError ? error.code : String(error);
  }
};

describe('a key', () => {
  it.each(['P-256', 'P-384', 'P-521'] as const)(
    'on %s signs what its public half verifies, in PKCS#8 and SEC1',
    async (curve) => {
      const pair = makeKey(curve);
      const data = new Uint8Array([1, 2, 3]);
      for (const pem of [privatePem(pair), String(pair.privateKey.export({ type: 'sec1', format: 'pem' }))]) {
        const key = readSigningKey(pem, null);
        expect(key.publicKey).toEqual(readPublicKey(publicPem(pair)));
        expect(await verifySignature(key.publicKey, data, key.sign(data))).toBe(true);
        expect(await verifySignature(key.publicKey, new Uint8Array([1, 2]), key.sign(data))).toBe(false);
      }
    },
  );

  it.each([
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['Ed25519', generateKeyPairSync('ed25519')],
    ['secp256k1', makeKey('secp256k1')],
  ])('of the kind %s is refused on both sides', (kind, pair) => {
    expect(() => readPublicKey(publicPem(pair))).toThrow(kind);
    expect(codeOf(() => readPublicKey(publicPem(pair)))).toBe('key-unsupported');
    expect(codeOf(() => readSigningKey(privatePem(pair), null))).toBe('key-unsupported');
  });

  it('that is encrypted needs its passphrase', () => {
    const pair = makeKey();
    const pem = String(
      pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    );
    expect(codeOf(() => readSigningKey(pem, null))).toBe('key-locked');
    expect(codeOf(() => readSigningKey(pem, 'y'))).toBe('key-locked');
    expect(codeOf(() => readSigningKey(pem, 'x'))).toBe('fine');
  });

  it('is not what a certificate or a private key is', () => {
    const pair = makeKey();
    expect(codeOf(() => readPublicKey(privatePem(pair)))).toBe('pem-malformed');
    expect(codeOf(() => readSigningKey(publicPem(pair), null))).toBe('pem-malformed');
    expect(codeOf(() => readPublicKey(publicPem(pair) + publicPem(pair)))).toBe('pem-malformed');
  });
});

describe('a certificate', () => {
  it('says who it is, and a broken one never crashes the reader', () => {
    const bytes = makeCertificate({ subject: 'a,b+c', key: makeKey(), emails: ['x@example.com'], from: '20260101' });
    const { subjectText, names, notBeforeMs, isCa } = readCertificate(bytes);
    expect({ subjectText, names, notBeforeMs, isCa }).toEqual({
      subjectText: 'CN=a\\,b\\+c',
      names: ['x@example.com'],
      notBeforeMs: Date.UTC(2026, 0, 1),
      isCa: false,
    });
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const broken = new Uint8Array(bytes);
        broken[at]! ^= mask;
        expect(codeOf(() => readCertificate(broken))).toMatch(/^(fine|certificate-)/);
      }
      expect(codeOf(() => readCertificate(bytes.subarray(0, at)))).toBe('certificate-malformed');
    }
  });
});
