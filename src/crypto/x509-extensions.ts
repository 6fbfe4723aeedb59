/** The extensions of a certificate that a chain is judged by; a critical one beyond them refuses the certificate. */
import { CryptoError } from './crypto-error.ts';
import { readBits, readChildren, readDer, readInteger, readOid, readPrimitive, Tag, type DerValue } from './der.ts';

/** What the extensions say; null = the extension is absent. */
export interface Extensions {
  readonly isCa: boolean;
  /** Most CA certificates below this one; null = no limit. */
  readonly maxPath: number | null;
  readonly keyUsage: { readonly digitalSignature: boolean; readonly keyCertSign: boolean } | null;
  /** Object identifiers. */
  readonly extendedKeyUsage: readonly string[] | null;
  /** Subject alternative names that are e-mail addresses, DNS names or URIs. */
  readonly names: readonly string[];
}

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const ALTERNATIVE_NAMES = '2.5.29.17';
/** Would limit the names below a CA; since it is not evaluated, it is refused even where it is not critical. */
const NAME_CONSTRAINTS = '2.5.29.30';
const KNOWN = new Set([BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, ALTERNATIVE_NAMES]);

/** Context tags of GeneralName: rfc822Name, dNSName, uniformResourceIdentifier. */
const NAME_TAGS = new Set([0x81, 0x82, 0x86]);

/** Reads them from the field `[3]` of a certificate. @throws CryptoError */
export function readExtensions(field: DerValue | undefined): Extensions {
  const values = field === undefined ? new Map<string, DerValue>() : readValues(field);
  const usage = values.get(KEY_USAGE);
  const extended = values.get(EXTENDED_KEY_USAGE);
  const names = values.get(ALTERNATIVE_NAMES);
  return {
    ...readBasicConstraints(values.get(BASIC_CONSTRAINTS)),
    keyUsage: usage === undefined ? null : readKeyUsage(usage),
    extendedKeyUsage: extended === undefined ? null : readChildren(extended, Tag.sequence).map(readOid),
    names: names === undefined ? [] : readNames(names),
  };
}

function readValues({ content }: DerValue): Map<string, DerValue> {
  const values = new Map<string, DerValue>();
  for (const extension of readChildren(readDer(content), Tag.sequence)) {
    const parts = readChildren(extension, Tag.sequence);
    const oid = readOid(parts[0]);
    const isCritical = parts.length === 3 && readBoolean(parts[1]);
    if (values.has(oid)) throw new CryptoError('certificate-malformed', `the extension ${oid} occurs twice`);
    if (oid === NAME_CONSTRAINTS || (isCritical && !KNOWN.has(oid))) {
      throw new CryptoError('certificate-extension-unknown', `the extension ${oid} is not evaluated here`);
    }
    const content = readPrimitive(parts.at(-1), Tag.octetString);
    // Others are not looked into.
    if (KNOWN.has(oid)) values.set(oid, readDer(content));
    else values.set(oid, extension);
  }
  return values;
}

function readBasicConstraints(value: DerValue | undefined): Pick<Extensions, 'isCa' | 'maxPath'> {
  if (value === undefined) return { isCa: false, maxPath: null };
  const parts = readChildren(value, Tag.sequence);
  const isCa = parts[0]?.tag === Tag.boolean && readBoolean(parts.shift());
  if (parts.length === 0) return { isCa, maxPath: null };
  const octets = readInteger(parts[0]);
  // A limit beyond one octet is none, a negative one is no limit at all.
  return { isCa, maxPath: octets.length === 1 && (octets[0] ?? 0) < 0x80 ? (octets[0] ?? 0) : 0 };
}

function readBoolean(value: DerValue | undefined): boolean {
  const [octet, ...more] = readPrimitive(value, Tag.boolean);
  if ((octet !== 0 && octet !== 0xff) || more.length > 0) {
    throw new CryptoError('certificate-malformed', 'a boolean that is neither true nor false');
  }
  return octet === 0xff;
}

function readKeyUsage(value: DerValue): { digitalSignature: boolean; keyCertSign: boolean } {
  const [first = 0] = readBits(value).bytes;
  return { digitalSignature: (first & 0x80) !== 0, keyCertSign: (first & 0x04) !== 0 };
}

function readNames(value: DerValue): string[] {
  const names: string[] = [];
  for (const { tag, content } of readChildren(value, Tag.sequence)) {
    if (NAME_TAGS.has(tag)) names.push(String.fromCharCode(...content));
  }
  return names;
}
