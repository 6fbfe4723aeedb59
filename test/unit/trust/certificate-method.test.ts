/** The certificate method: chains that lead to the caller's roots and belong to the expected signer, and each way not to. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyDigestOf, publicKeyOf } from '../../../src/crypto/public-key.ts';
import { readCertificate } from '../../../src/crypto/x509.ts';
import type { CertificateAnchor, LeafIdentity } from '../../../src/trust/anchor.ts';
import { TrustError } from '../../../src/trust/trust-error.ts';
import { strictPolicy, verifyBundle } from '../../../src/trust/verify.ts';
import {
  CODE_SIGNING,
  DIGITAL_SIGNATURE,
  makeCertificate,
  makeKey,
  SERVER_AUTH,
  type CertificateForm,
} from '../../support/certificates.ts';
import { makeBundle, makeStatement, toBytes } from '../../support/signatures.ts';

const NOW = Date.UTC(2026, 10, 23);
const root = { subject: 'root', key: makeKey(), isCa: true } satisfies CertificateForm;
const middle = { subject: 'middle', key: makeKey('P-384'), issuer: root, isCa: true } satisfies CertificateForm;
const leaf = {
  subject: 'signer',
  key: makeKey(),
  issuer: middle,
  emails: ['models@example.com'],
} satisfies CertificateForm;

interface Case {
  readonly leaf?: Partial<CertificateForm>;
  readonly middle?: Partial<CertificateForm>;
  readonly root?: Partial<CertificateForm>;
  /** Without the intermediate in the bundle. */
  readonly isBare?: boolean;
  readonly anchor?: Partial<CertificateAnchor>;
}

const named = (name: string): LeafIdentity => ({ kind: 'name', name });

async function verdictOf(changes: Case): Promise<string> {
  const chain = [
    makeCertificate({ ...leaf, ...changes.leaf }),
    ...(changes.isBare ? [] : [makeCertificate({ ...middle, ...changes.middle })]),
  ];
  const key = changes.leaf?.key ?? leaf.key;
  const bundle = toBytes(await makeBundle({ key, payload: JSON.stringify(makeStatement({ a: 'x' })), chain }));
  const authorities = [readCertificate(makeCertificate({ ...root, ...changes.root }))];
  const anchor: CertificateAnchor = {
    method: 'certificate',
    authorities,
    identity: named('models@example.com'),
    deniedKeys: new Set(),
    ...changes.anchor,
  };
  try {
    const { signer } = await verifyBundle(bundle, anchor, strictPolicy(NOW));
    expect(signer).toMatchObject({ method: 'certificate', subject: 'CN=signer', root: 'CN=root' });
    return 'verified';
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return error.rule;
  }
}

const digestOf = async ({ key }: { key: typeof leaf.key }): Promise<string> =>
  keyDigestOf(publicKeyOf(key.publicKey.export({ type: 'spki', format: 'der' })));
const stranger = { subject: 'root', key: makeKey(), isCa: true } satisfies CertificateForm;

describe('a certificate that signs models', () => {
  it.each<[string, Case]>([
    ['verified', {}],
    ['verified', { leaf: { keyUsage: null, extendedKeyUsage: [CODE_SIGNING] } }],
    ['verified', { leaf: { extendedKeyUsage: [SERVER_AUTH, CODE_SIGNING] } }],
    ['verified', { leaf: { subject: 'signer', isCa: true, keyUsage: DIGITAL_SIGNATURE } }],
    ['verified', { root: { maxPath: 1 } }],
    ['verified', { anchor: { identity: named('CN=signer') } }],
    ['certificate-expired', { leaf: { from: '20200101', to: '20200102' } }],
    ['certificate-not-yet-valid', { leaf: { from: '20300101' } }],
    ['certificate-expired', { middle: { to: '20250101' } }],
    ['certificate-expired', { root: { to: '20250101' } }],
    ['certificate-wrong-usage', { leaf: { extendedKeyUsage: [SERVER_AUTH] } }],
    ['certificate-wrong-usage', { leaf: { keyUsage: null } }],
    ['certificate-wrong-usage', { leaf: { keyUsage: 0x20 } }],
    ['certificate-wrong-usage', { leaf: { keyUsage: 0x20, extendedKeyUsage: [CODE_SIGNING] } }],
    ['certificate-wrong-usage', { middle: { extendedKeyUsage: [SERVER_AUTH] } }],
    ['certificate-not-ca', { middle: { isCa: false } }],
    ['certificate-not-ca', { middle: { keyUsage: DIGITAL_SIGNATURE } }],
    ['certificate-path-too-long', { root: { maxPath: 0 } }],
    ['certificate-chain-incomplete', { isBare: true }],
    ['certificate-chain-incomplete', { root: stranger }],
    ['certificate-chain-incomplete', { middle: { issuer: stranger } }],
    ['certificate-extension-unknown', { leaf: { critical: '1.2.3.4' } }],
    ['certificate-extension-unknown', { middle: { critical: '2.5.29.30' } }],
    ['certificate-algorithm-unsupported', { middle: { algorithm: '1.2.840.10045.4.1' } }],
    ['key-unsupported', { leaf: { key: generateKeyPairSync('rsa', { modulusLength: 2048 }) } }],
    ['key-unsupported', { leaf: { key: makeKey('secp256k1') } }],
    ['identity-mismatch', { anchor: { identity: named('models@example') } }],
    ['identity-mismatch', { anchor: { identity: named('.*') } }],
    ['identity-mismatch', { anchor: { identity: named('signer') } }],
    ['identity-mismatch', { anchor: { identity: { kind: 'key', sha256: '0'.repeat(64) } } }],
  ])('%s: %j', async (verdict, changes) => {
    expect(await verdictOf(changes)).toBe(verdict);
  });

  it('may be pinned by its key, and its key or that of an issuer may be withdrawn', async () => {
    const sha256 = await digestOf(leaf);
    expect(await verdictOf({ anchor: { identity: { kind: 'key', sha256 } } })).toBe('verified');
    expect(await verdictOf({ anchor: { deniedKeys: new Set([sha256]) } })).toBe('certificate-denied');
    expect(await verdictOf({ anchor: { deniedKeys: new Set([await digestOf(middle)]) } })).toBe('certificate-denied');
  });

  it('may have its intermediate from the caller, and needs the root all the same', async () => {
    const own = [root, middle].map((form) => readCertificate(makeCertificate(form)));
    expect(await verdictOf({ isBare: true, anchor: { authorities: own } })).toBe('verified');
    const other = [stranger, middle].map((form) => readCertificate(makeCertificate(form)));
    expect(await verdictOf({ anchor: { authorities: other } })).toBe('certificate-chain-incomplete');
  });

  it('does not become a root by bearing the name of its issuer', async () => {
    const alike = { ...leaf, subject: 'middle' } satisfies CertificateForm;
    const certificate = readCertificate(makeCertificate({ ...alike, to: '20250101' }));
    const authorities = [readCertificate(makeCertificate(stranger)), certificate];
    const bundle = await makeBundle({
      key: leaf.key,
      payload: JSON.stringify(makeStatement({ a: 'x' })),
      chain: [makeCertificate(alike)],
    });
    const anchor: CertificateAnchor = {
      method: 'certificate',
      authorities,
      identity: { kind: 'anyone' },
      deniedKeys: new Set(),
    };
    await expect(verifyBundle(toBytes(bundle), anchor, strictPolicy(NOW))).rejects.toMatchObject({
      rule: 'certificate-chain-incomplete',
    });
  });
});
