/** The two forms of an ECDSA signature: DER (X9.62), as files hold it, and r and s of fixed length, as WebCrypto takes it. */
import { joinBytes } from './bytes.ts';
import { CryptoError } from './crypto-error.ts';
import { readChildren, readDer, readInteger, Tag } from './der.ts';

/**
 * r and s, `size` bytes each.
 * @throws CryptoError `der-malformed` unless it is the one strict encoding of two positive numbers that fit
 */
export function signatureFromDer(der: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const numbers = readChildren(readDer(der), Tag.sequence);
  if (numbers.length !== 2) throw new CryptoError('der-malformed', 'an ECDSA signature is two integers');
  return joinBytes(numbers.map((number) => toFixed(readInteger(number), size)));
}

/** The DER form of r and s of equal length. */
export function signatureToDer(fixed: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = fixed.length / 2;
  const numbers = joinBytes([fromFixed(fixed.subarray(0, size)), fromFixed(fixed.subarray(size))]);
  return withHeader(Tag.sequence, numbers);
}

function toFixed(octets: Uint8Array, size: number): Uint8Array {
  const number = octets[0] === 0 ? octets.subarray(1) : octets;
  if ((octets[0] ?? 0) >= 0x80 || number.length === 0 || number.length > size) {
    throw new CryptoError('der-malformed', 'a number of the signature is negative, zero or too large for the curve');
  }
  return joinBytes([new Uint8Array(size - number.length), number]);
}

function fromFixed(fixed: Uint8Array): Uint8Array {
  const start = fixed.findIndex((octet) => octet !== 0);
  const number = fixed.subarray(start === -1 ? fixed.length - 1 : start);
  const sign = (number[0] ?? 0) >= 0x80 ? [0] : [];
  return withHeader(Tag.integer, joinBytes([new Uint8Array(sign), number]));
}

function withHeader(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  // Two numbers of 66 bytes need one more octet of length.
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return joinBytes([new Uint8Array([tag, ...length]), content]);
}
