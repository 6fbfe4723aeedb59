/** Certificates of any form, right or wrong, made for a test with keys of its own. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { writePem } from '../../src/crypto/pem.ts';

/** A private key with its public half. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** An ECDSA key. */
export function makeKey(namedCurve = 'P-256'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve });
}

/** The private half, PEM. */
export function privatePem({ privateKey }: KeyPair): string {
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/** The public half, PEM. */
export function publicPem({ publicKey }: KeyPair): string {
  return String(publicKey.export({ type: 'spki', format: 'pem' }));
}

/** What a certificate says. */
export interface CertificateForm {
  readonly subject: string;
  readonly key: KeyPair;
  /** Absent: self-signed. */
  readonly issuer?: { readonly subject: string; readonly key: KeyPair };
  /** `YYYYMMDD`. */
  readonly from?: string;
  readonly to?: string;
  readonly isCa?: boolean;
  readonly maxPath?: number;
  /** First octet of the key usage; null = without the extension. */
  readonly keyUsage?: number | null;
  readonly extendedKeyUsage?: readonly string[];
  readonly emails?: readonly string[];
  /** Object identifier of a critical extension that nobody knows. */
  readonly critical?: string;
  /** Object identifier of the signature algorithm; ECDSA with SHA-256 unless told otherwise. */
  readonly algorithm?: string;
}

/** Key usage of a leaf and of a CA. */
export const DIGITAL_SIGNATURE = 0x80;
export const KEY_CERT_SIGN = 0x04;
export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/** One value in DER. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** An object identifier in DER. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 127];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 127) | 128);
    return digits;
  });
  return der(0x06, Buffer.from(octets));
}

/** The certificate in DER. */
export function makeCertificate(form: CertificateForm): Buffer {
  const { subject, key, issuer = form, from = '20200101', to = '20991231' } = form;
  const algorithm = der(0x30, oid(form.algorithm ?? '1.2.840.10045.4.3.2'));
  const serial = createHash('sha256').update(`${subject}${from}`).digest().subarray(0, 8);
  serial[0] = 0x01;
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    name(issuer.subject),
    der(0x30, time(from), time(to)),
    name(subject),
    key.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions(form))),
  );
  const signature = sign('sha256', body, issuer.key.privateKey);
  return der(0x30, body, algorithm, der(0x03, Buffer.from([0]), signature));
}

/** The certificate, PEM. */
export function certificatePem(form: CertificateForm): string {
  return writePem('CERTIFICATE', makeCertificate(form));
}

function name(common: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid('2.5.4.3'), der(0x0c, Buffer.from(common)))));
}

function time(day: string): Buffer {
  return der(0x18, Buffer.from(`${day}000000Z`));
}

function extensions(form: CertificateForm): Buffer[] {
  const {
    isCa = false,
    maxPath,
    keyUsage = isCa ? KEY_CERT_SIGN : DIGITAL_SIGNATURE,
    extendedKeyUsage,
    emails,
    critical,
  } = form;
  const yes = der(0x01, Buffer.from([0xff]));
  const all: Buffer[] = [];
  const add = (id: string, isCritical: boolean, value: Buffer): void => {
    all.push(der(0x30, oid(id), ...(isCritical ? [yes] : []), der(0x04, value)));
  };
  const limit = maxPath === undefined ? [] : [der(0x02, Buffer.from([maxPath]))];
  if (isCa) add('2.5.29.19', true, der(0x30, yes, ...limit));
  if (keyUsage !== null) add('2.5.29.15', true, der(0x03, Buffer.from([unused(keyUsage), keyUsage])));
  if (extendedKeyUsage) add('2.5.29.37', false, der(0x30, ...extendedKeyUsage.map(oid)));
  if (emails) add('2.5.29.17', false, der(0x30, ...emails.map((email) => der(0x81, Buffer.from(email)))));
  if (critical) add(critical, true, der(0x30));
  return all;
}

function unused(octet: number): number {
  let bits = 0;
  while (bits < 7 && ((octet >> bits) & 1) === 0) bits++;
  return bits;
}
