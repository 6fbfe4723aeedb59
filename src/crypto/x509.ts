/** X.509 v3 certificates (RFC 5280), read strictly and only as far as a chain that signs models needs. */
import { sameBytes } from './bytes.ts';
import { CryptoError } from './crypto-error.ts';
import { readBits, readChildren, readDer, readInteger, readOid, readPrimitive, Tag, type DerValue } from './der.ts';
import { toHex } from './hex.ts';
import { readPem } from './pem.ts';
import { readExtensions, type Extensions } from './x509-extensions.ts';
import { readName } from './x509-name.ts';

/** A certificate. */
export interface Certificate extends Extensions {
  readonly der: Uint8Array<ArrayBuffer>;
  /** What the issuer signed. */
  readonly signed: Uint8Array<ArrayBuffer>;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  /** Object identifier of the signature algorithm. */
  readonly algorithm: string;
  readonly signature: Uint8Array<ArrayBuffer>;
  /** DER of the names: they are compared as bytes. */
  readonly issuer: Uint8Array<ArrayBuffer>;
  readonly subject: Uint8Array<ArrayBuffer>;
  /** The names as RFC 4514 writes them: `CN=signer,O=Example`. */
  readonly issuerText: string;
  readonly subjectText: string;
  /** Unix milliseconds; both ends are inside. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array<ArrayBuffer>;
}

const malformed = (what: string): CryptoError => new CryptoError('certificate-malformed', what);

/** Larger than any certificate in use. */
const MAX_BYTES = 65_536;
/** Explicit context tags of a TBSCertificate. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

/** Every certificate of a PEM text, in its order. @throws CryptoError; other blocks are `pem-malformed` */
export function readCertificates(pem: string): Certificate[] {
  return readPem(pem).map(({ label, der }) => {
    if (label !== 'CERTIFICATE') throw new CryptoError('pem-malformed', `a block ${label} among certificates`);
    return readCertificate(der);
  });
}

/** The certificate in DER. @throws CryptoError `certificate-malformed`, `certificate-extension-unknown` */
export function readCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > MAX_BYTES) throw malformed(`more than ${MAX_BYTES} bytes`);
  try {
    return parse(bytes);
  } catch (error) {
    throw error instanceof CryptoError && error.code === 'der-malformed' ? malformed(error.message) : error;
  }
}

function parse(bytes: Uint8Array): Certificate {
  const outer = readDer(bytes);
  const [tbs, algorithm, signature, ...more] = readChildren(outer, Tag.sequence);
  if (tbs === undefined || algorithm === undefined || more.length > 0) throw malformed('not three parts');
  const fields = readChildren(tbs, Tag.sequence);
  if (fields[0]?.tag !== VERSION || toHex(fields[0].content) !== '020102') throw malformed('not version 3');
  const [, serial, inner, issuer, validity, subject, spki, ...rest] = fields;
  if (inner === undefined || issuer === undefined || validity === undefined || subject === undefined) {
    throw malformed('fields are missing');
  }
  if (spki?.tag !== Tag.sequence) throw malformed('there is no public key');
  if (!sameBytes(inner.whole, algorithm.whole)) throw malformed('the two signature algorithms differ');
  const [notBefore, notAfter] = readChildren(validity, Tag.sequence);
  return {
    der: outer.whole,
    signed: tbs.whole,
    serial: toHex(readInteger(serial)),
    algorithm: readOid(readChildren(algorithm, Tag.sequence)[0]),
    signature: readBits(signature).bytes,
    issuer: issuer.whole,
    subject: subject.whole,
    issuerText: readName(issuer),
    subjectText: readName(subject),
    notBeforeMs: readTime(notBefore),
    notAfterMs: readTime(notAfter),
    spki: spki.whole,
    ...readExtensions(rest.find(({ tag }) => tag === EXTENSIONS)),
  };
}

const UTC = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

function readTime(value: DerValue | undefined): number {
  const isUtc = value?.tag === Tag.utcTime;
  const text = String.fromCharCode(...readPrimitive(value, isUtc ? Tag.utcTime : Tag.generalizedTime));
  const match = (isUtc ? UTC : GENERALIZED).exec(text);
  if (match === null) throw malformed(`a date ${JSON.stringify(text)}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  // RFC 5280 section 4.1.2.5.1: two digits from 50 on are of the last century.
  const century = year >= 50 ? 1900 : 2000;
  return Date.UTC(isUtc ? century + year : year, month - 1, day, hour, minute, second);
}
