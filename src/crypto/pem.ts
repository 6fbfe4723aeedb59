/** PEM (RFC 7468), read strictly: known labels, canonical lines, nothing hidden inside a block. */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { CryptoError } from './crypto-error.ts';

/** One block. */
export interface PemBlock {
  /** `CERTIFICATE`, `PUBLIC KEY`, … */
  readonly label: string;
  readonly der: Uint8Array<ArrayBuffer>;
}

const LINE = 64;
/** Larger than any chain; a file beyond it is no PEM of ours. */
const MAX_TEXT = 1_048_576;
const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([A-Za-z0-9+/=\r\n]*?)-----END ([A-Z0-9 ]{1,40})-----/g;

/**
 * Every block of the text; explanatory text may stand between blocks.
 * @throws CryptoError `pem-malformed` when there is none, or one that is not strict
 */
export function readPem(text: string): PemBlock[] {
  if (text.length > MAX_TEXT) throw new CryptoError('pem-malformed', `more than ${MAX_TEXT} characters`);
  const blocks: PemBlock[] = [];
  for (const [, label = '', body = '', end] of text.matchAll(BLOCK)) {
    const der = decodeBase64(body.replaceAll(/\r?\n/g, ''));
    if (der === null || der.length === 0 || end !== label) {
      throw new CryptoError('pem-malformed', `the block ${label} is not strict base64 with its own end line`);
    }
    blocks.push({ label, der });
  }
  const begun = text.split('-----BEGIN ').length - 1;
  if (begun !== blocks.length) throw new CryptoError('pem-malformed', 'a block does not have the form of PEM');
  if (begun === 0) throw new CryptoError('pem-malformed', 'there is no -----BEGIN line');
  return blocks;
}

/** The text as OpenSSL writes it: lines of 64 characters, a line end behind the last line. */
export function writePem(label: string, der: Uint8Array): string {
  const body = encodeBase64(der);
  let lines = '';
  for (let at = 0; at < body.length; at += LINE) lines += `${body.slice(at, at + LINE)}\n`;
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}
