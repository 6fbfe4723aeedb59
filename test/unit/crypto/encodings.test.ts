/** Base64, hexadecimal, PEM and DER: exactly one text or encoding for each value, and nothing else is read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../src/crypto/base64.ts';
import { CryptoError } from '../../../src/crypto/crypto-error.ts';
import { readChildren, readDer, readInteger, readOid, Tag } from '../../../src/crypto/der.ts';
import { preAuthEncoding } from '../../../src/crypto/dsse.ts';
import { signatureFromDer, signatureToDer } from '../../../src/crypto/ecdsa-signature.ts';
import { fromHex, toHex } from '../../../src/crypto/hex.ts';
import { readPem, writePem } from '../../../src/crypto/pem.ts';
import { der, oid } from '../../support/certificates.ts';

const bytes = fc.uint8Array({ maxLength: 200 });
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('base64', () => {
  it('is what every other encoder writes, and reads back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = Buffer.from(value).toString('base64');
        expect(encodeBase64(value)).toBe(text);
        expect(decodeBase64(text)).toEqual(new Uint8Array(value));
      }),
    );
  });

  it.each(['A', 'AA', 'AAA', 'AB==', 'AAB=', 'A===', '====', 'AA=A', 'AAAA\n', ' AAAA', 'AA-_', 'AAAAé===', '=AAA'])(
    'refuses %j',
    (text) => expect(decodeBase64(text)).toBeNull(),
  );
});

describe('hexadecimal', () => {
  it('reads back what it writes, in lower case only', () => {
    fc.assert(fc.property(bytes, (value) => void expect(fromHex(toHex(value))).toEqual(new Uint8Array(value))));
    for (const text of ['A0', 'a', 'zz', ' a0']) expect(fromHex(text)).toBeNull();
  });
});

describe('PEM', () => {
  it('reads back what it writes, among other text and with either line end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), (value, isWindows) => {
        const text = `a note\n${writePem('PUBLIC KEY', value)}more\n`;
        const [block, ...others] = readPem(isWindows ? text.replaceAll('\n', '\r\n') : text);
        expect(block).toEqual({ label: 'PUBLIC KEY', der: new Uint8Array(value) });
        expect(others).toEqual([]);
      }),
    );
  });

  it.each([
    '',
    'no block',
    '-----BEGIN A-----\n-----END A-----\n',
    '-----BEGIN A-----\nAAAA\n-----END B-----\n',
    '-----BEGIN A-----\nAAA\n-----END A-----\n',
    '-----BEGIN A-----\nKey: 1\n\nAAAA\n-----END A-----\n',
    '-----BEGIN A-----\nAAAA\n',
    `-----BEGIN A-----\nAAAA\n-----END A-----\n-----BEGIN A-----\n!\n-----END A-----\n`,
  ])('refuses %j', (text) => expect(() => readPem(text)).toThrow(CryptoError));
});

describe('DER', () => {
  it('reads identifiers and integers', () => {
    expect(readOid(readDer(oid('1.2.840.113549.1.1.11')))).toBe('1.2.840.113549.1.1.11');
    expect(readOid(readDer(oid('2.5.29.19')))).toBe('2.5.29.19');
    expect(readInteger(readDer(hex('0202 0080')))).toEqual(new Uint8Array([0, 0x80]));
  });

  it.each([
    ['', 'nothing'],
    ['04', 'no length'],
    ['0402 00', 'a value that breaks off'],
    ['0400 00', 'bytes left over'],
    ['0480 0000', 'a length without end'],
    ['048101 00', 'a long form for a short length'],
    [`04820010 ${'00'.repeat(16)}`, 'needless octets of length'],
    ['1f8100 00', 'a tag of more than one octet'],
    ['0485 0000000000', 'a length of five octets'],
  ])('refuses %s: %s', (text) => expect(() => readDer(hex(text))).toThrow(CryptoError));

  it.each(['0200', '0202 0001', '0202 ff80', '0401 00'])('refuses the integer %s', (text) => {
    expect(() => readInteger(readDer(hex(text)))).toThrow(CryptoError);
  });

  it('bounds what one value may hold', () => {
    const many = der(0x30, Buffer.alloc(2 * 5000, hex('0500')));
    expect(() => readChildren(readDer(many), Tag.sequence)).toThrow('too many');
  });
});

describe('an ECDSA signature', () => {
  it.each([32, 48, 66])('of two numbers of %i bytes goes to DER and back', (size) => {
    const number = fc
      .uint8Array({ minLength: size, maxLength: size })
      .filter((value) => value.some((byte) => byte !== 0));
    fc.assert(
      fc.property(number, number, (r, s) => {
        const fixed = new Uint8Array([...r, ...s]);
        expect(signatureFromDer(signatureToDer(fixed), size)).toEqual(fixed);
      }),
    );
  });

  it.each([
    '3000',
    '3003 020101',
    '3006 020101 020100',
    '3006 020101 0201ff',
    '3009 020101 020101 020101',
    '3007 02020001 020101',
  ])('refuses %s', (text) => expect(() => signatureFromDer(hex(text), 32)).toThrow(CryptoError));
});

describe('the encoding that DSSE signs', () => {
  it('is that of the protocol, with lengths in bytes', () => {
    // The example of github.com/secure-systems-lab/dsse, protocol.md.
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(Buffer.from(encoded).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    expect(Buffer.from(preAuthEncoding('é', Buffer.from('é'))).toString()).toBe('DSSEv1 2 é 2 é');
  });
});
