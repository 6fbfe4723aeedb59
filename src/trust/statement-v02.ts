/** Signatures of version 0.2 of the Python client, which were used before v1.0: another statement, and an encoding with a mistake. */
import { joinBytes } from '../crypto/bytes.ts';
import { PAYLOAD_TYPE } from './bundle.ts';
import type { JsonPart } from './json-part.ts';
import { checkNames, readDigest, type Statement } from './statement.ts';

const PREDICATE_TYPE = 'https://model_signing/Digests/v0.1';
const encoder = new TextEncoder();

/** True for a statement of that form. */
export function isVersion02(statement: JsonPart): boolean {
  return statement.maybe('predicateType')?.value === PREDICATE_TYPE;
}

/** Reads it: one subject per file, all digests SHA-256, no root digest. @throws TrustError */
export function readStatement02(statement: JsonPart): Statement {
  const list = statement.get('subject');
  const resources = list.list().map((subject) => ({
    name: subject.get('name').text(),
    digest: readDigest(subject.get('digest').get('sha256'), 'sha256'),
  }));
  if (resources.length === 0) list.refuse('is empty: nothing is signed', 'manifest-empty');
  checkNames(list, resources, { shardBytes: null });
  const form = {
    method: 'files',
    hashType: 'sha256',
    shardBytes: null,
    allowSymlinks: false,
    ignorePaths: [],
  } as const;
  return { subject: '', rootDigest: null, manifest: { ...form, resources } };
}

/** What its signatures cover: `DSSEV1`, and the payload as Python prints bytes. They are always over SHA-256. */
export function preAuthEncoding02(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = `DSSEV1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `;
  return joinBytes([encoder.encode(head), encoder.encode(printBytes(payload))]);
}

const ESCAPES: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r', 0x5c: '\\\\' };
const APOSTROPHE = 0x27;
const QUOTE = 0x22;

/** `repr` of a Python `bytes`. */
function printBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(APOSTROPHE) && !bytes.includes(QUOTE) ? '"' : "'";
  let text = '';
  for (const byte of bytes) {
    const escape = ESCAPES[byte];
    if (escape !== undefined) text += escape;
    else if (byte === APOSTROPHE && quote === "'") text += "\\'";
    else text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `b${quote}${text}${quote}`;
}
