/** Every rule of a bundle has a planted fault that breaks it and nothing else; the signature is valid wherever it is not the fault. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hintOf, readPublicKey } from '../../../src/crypto/public-key.ts';
import type { TrustAnchor } from '../../../src/trust/anchor.ts';
import { TRUST_RULES, type TrustRule } from '../../../src/trust/rules.ts';
import { strictPolicy, verifyBundle } from '../../../src/trust/verify.ts';
import { makeKey, publicPem } from '../../support/certificates.ts';
import { keyAnchor, makeBundle, makeStatement, rootOf, sha256, toBytes } from '../../support/signatures.ts';
import { anchor, FILES, key, NOW, signChanged, signResources, verdictOf } from './verdict.ts';

describe('a right bundle', () => {
  it('verifies, whatever the layout of its JSON, on three curves', async () => {
    for (const curve of ['P-256', 'P-384', 'P-521']) {
      const pair = makeKey(curve);
      const bundle = await makeBundle({ key: pair, payload: JSON.stringify(makeStatement(FILES), null, 4) });
      const found = await verifyBundle(toBytes(JSON.stringify(bundle, null, 2)), keyAnchor(pair), strictPolicy(NOW));
      expect(found.manifest.resources.map(({ name }) => name)).toEqual(['a.txt', 'b/c.gguf']);
      expect(found.rootDigest).toBe(rootOf([{ digest: sha256('alpha') }, { digest: sha256('beta') }]));
      expect(found.signer).toMatchObject({ method: 'key', hint: await hintOf(readPublicKey(publicPem(pair))) });
      expect(found.warnings).toEqual([]);
    }
  });

  it('may be in another order, with a warning; then the root covers that order', async () => {
    const bytes = await signResources((predicate) => void predicate.resources.reverse());
    const { warnings, rootDigest, manifestDigest } = await verifyBundle(bytes, anchor, strictPolicy(NOW));
    expect(warnings.map(({ rule }) => rule)).toEqual(['order-not-canonical']);
    const usual = await verifyBundle(await signChanged(() => undefined), anchor, strictPolicy(NOW));
    expect(rootDigest).not.toBe(usual.rootDigest);
    expect(manifestDigest).toBe(usual.manifestDigest);
  });

  it('may come without a hint, as before 1.1.0, with a warning', async () => {
    const bundle = await makeBundle({ key, payload: JSON.stringify(makeStatement(FILES)) });
    bundle['verificationMaterial'] = { publicKey: { rawBytes: 'AAAA', keyDetails: 'PKIX_ECDSA_P256_SHA_256' } };
    const { warnings } = await verifyBundle(toBytes(bundle), anchor, strictPolicy(NOW));
    expect(warnings.map(({ rule }) => rule)).toEqual(['key-hint-missing']);
  });

  it('may have a later minor version with more fields, and names that only fold alike are warned of', async () => {
    const bytes = await signResources((predicate) => {
      predicate.resources = [
        { name: 'Model.gguf', algorithm: 'sha256', digest: sha256('x') },
        { name: 'model.gguf', algorithm: 'sha256', digest: sha256('y'), more: 1 },
      ];
    });
    const { warnings } = await verifyBundle(bytes, anchor, strictPolicy(NOW));
    expect(warnings.map(({ rule }) => rule)).toEqual(['names-alike']);
    const later = await signChanged((statement, predicate) => {
      statement.predicateType = 'https://model_signing/signature/v1.7';
      predicate.serialization['new'] = true;
    });
    expect(await verdictOf(later)).toBe('verified');
  });
});

type Change = (bundle: Record<string, never>) => unknown;

/** Faults of the bundle around a statement that is right. */
const BUNDLE_FAULTS: readonly [TrustRule, string, Change][] = [
  ['bundle-not-json', 'empty', () => ''],
  ['bundle-not-json', 'truncated', (bundle) => JSON.stringify(bundle).slice(0, -10)],
  ['bundle-not-json', 'text behind it', (bundle) => `${JSON.stringify(bundle)}x`],
  ['bundle-shape', 'an array', () => '[]'],
  ['bundle-duplicate-key', 'a repeated key', (bundle) => JSON.stringify(bundle).replace('{', '{"mediaType":"",')],
  [
    'bundle-duplicate-key',
    'a repeated key in escapes',
    (bundle) => JSON.stringify(bundle).replace('{', '{"media\\u0054ype":"",'),
  ],
  ['bundle-too-deep', 'a depth bomb', () => '['.repeat(100_000)],
  ['bundle-media-type', 'version 0.2', (b) => ({ ...b, mediaType: 'application/vnd.dev.sigstore.bundle.v0.2+json' })],
  ['bundle-shape', 'an unknown member', (bundle) => ({ ...bundle, extra: 1 })],
  ['bundle-shape', 'no envelope', ({ mediaType, verificationMaterial }) => ({ mediaType, verificationMaterial })],
  ['bundle-shape', 'no material', ({ mediaType, dsseEnvelope }) => ({ mediaType, dsseEnvelope })],
  [
    'bundle-shape',
    'two kinds of material',
    (b) => ({ ...b, verificationMaterial: { publicKey: {}, certificate: { rawBytes: 'AA==' } } }),
  ],
  [
    'transparency-log-missing',
    'keyless without a log entry',
    (b) => ({ ...b, verificationMaterial: { certificate: { rawBytes: 'AA==' }, tlogEntries: [] } }),
  ],
  [
    'method-mismatch',
    'certificates where a key is trusted',
    (b) => ({ ...b, verificationMaterial: { x509CertificateChain: { certificates: [{ rawBytes: 'AA==' }] } } }),
  ],
  [
    'key-hint-mismatch',
    'another hint',
    (b) => ({ ...b, verificationMaterial: { publicKey: { hint: 'f'.repeat(64) } } }),
  ],
  ['payload-type', 'another payload type', (b) => envelope(b, { payloadType: 'application/json' })],
  ['signature-count', 'no signature', (b) => envelope(b, { signatures: [] })],
  ['signature-count', 'two signatures', (b) => envelope(b, { signatures: [first(b), { ...first(b), sig: 'AAAA' }] })],
  ['bundle-shape', 'a keyid that is a number', (b) => envelope(b, { signatures: [{ ...first(b), keyid: 1 }] })],
  ['base64-not-strict', 'a line end in the payload', (b) => envelope(b, { payload: `\n${payloadOf(b)}` })],
  ['base64-not-strict', 'no padding', (b) => envelope(b, { payload: `${payloadOf(b).replace(/=+$/, '')}A` })],
  ['base64-not-strict', 'the URL alphabet', (b) => envelope(b, { signatures: [{ sig: '-_-_' }] })],
  ['der-malformed', 'a signature that is no DER', (b) => envelope(b, { signatures: [{ sig: 'AAAA' }] })],
  [
    'der-malformed',
    'bytes behind the signature',
    (b) => envelope(b, { signatures: [{ sig: withTail(first(b).sig) }] }),
  ],
];

interface Envelope {
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string }[];
}
const envelopeOf = (bundle: Record<string, unknown>): Envelope => bundle['dsseEnvelope'] as Envelope;
const first = (bundle: Record<string, unknown>): { readonly sig: string } => envelopeOf(bundle).signatures[0]!;
const payloadOf = (bundle: Record<string, unknown>): string => envelopeOf(bundle).payload;
const withTail = (sig: string): string => Buffer.concat([Buffer.from(sig, 'base64'), Buffer.of(0)]).toString('base64');
function envelope(bundle: Record<string, unknown>, change: object): object {
  return { ...bundle, dsseEnvelope: { ...envelopeOf(bundle), ...change } };
}

describe('a bundle', () => {
  it.each(BUNDLE_FAULTS)('breaks %s: %s', async (rule, _what, change) => {
    const bundle = await makeBundle({ key, payload: JSON.stringify(makeStatement(FILES)) });
    expect(await verdictOf(toBytes(change(bundle as Record<string, never>)))).toBe(rule);
  });

  it('of more than 64 MiB is not even read', async () => {
    expect(await verdictOf(new Uint8Array((64 << 20) + 1))).toBe('bundle-too-large');
  });

  it('with a payload of many megabytes is refused without a stack overflow', async () => {
    const bytes = toBytes(`{"mediaType":"${'a'.repeat(20 << 20)}"}`);
    expect(await verdictOf(bytes)).toBe('bundle-media-type');
  });

  it('signed with another key, or with the signature of another bundle', async () => {
    const other = makeKey();
    const bundle = await makeBundle({ key: other, payload: JSON.stringify(makeStatement(FILES)) });
    expect(await verdictOf(toBytes(bundle))).toBe('key-hint-mismatch');
    bundle['verificationMaterial'] = { publicKey: {} };
    expect(await verdictOf(toBytes(bundle))).toBe('signature-invalid');
    const mine = await makeBundle({ key, payload: JSON.stringify(makeStatement(FILES)) });
    const swapped = await makeBundle({ key, payload: JSON.stringify(makeStatement({ 'a.txt': 'other' })) });
    expect(await verdictOf(toBytes(envelope(mine, { signatures: [first(swapped)] })))).toBe('signature-invalid');
  });

  it('signed over another encoding', async () => {
    const payload = JSON.stringify(makeStatement(FILES));
    expect(await verdictOf(toBytes(await makeBundle({ key, payload, covered: Buffer.from(payload) })))).toBe(
      'signature-invalid',
    );
  });

  it('with any byte flipped is refused', async () => {
    const bytes = toBytes(await makeBundle({ key, payload: JSON.stringify(makeStatement(FILES)) }));
    const flip = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(flip, async ([at, mask]) => {
        const changed = new Uint8Array(bytes);
        changed[at] = (changed[at] ?? 0) ^ mask;
        // The keyid is nobody's business, and one form of white space is as good as another.
        const same = JSON.stringify(withoutKeyId(changed)) === JSON.stringify(withoutKeyId(bytes));
        expect(same || (await verdictOf(changed)) !== 'verified').toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

function withoutKeyId(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString(), (name, value: unknown) => (name === 'keyid' ? undefined : value));
  } catch {
    return null;
  }
}

describe('a keyless bundle', () => {
  const bundle = async (): Promise<Uint8Array> => {
    const made = await makeBundle({ key, payload: JSON.stringify(makeStatement(FILES)) });
    made['verificationMaterial'] = { certificate: { rawBytes: 'AAAA' }, tlogEntries: [{}] };
    return toBytes(made);
  };
  const trusting = (identity: string, issuer: string): TrustAnchor => ({
    method: 'sigstore',
    identity,
    issuer,
    verifier: { verify: async () => ({ identity: 'ab@us.example.com', issuer: 'https://issuer.example' }) },
  });

  it.each([
    ['b@us', 'https://issuer.example', 'identity-mismatch'],
    ['.*', 'https://issuer.example', 'identity-mismatch'],
    ['ab@us.example.com', 'https://other.example', 'issuer-mismatch'],
    ['ab@us.example.com', 'https://issuer.example', 'certificate-malformed'],
  ])('of %s from %s: %s', async (identity, issuer, rule) => {
    expect(await verdictOf(await bundle(), trusting(identity, issuer))).toBe(rule);
  });
});

describe('the table of rules', () => {
  it('gives every rule a kebab-case name and a clause as remedy', () => {
    for (const [rule, { remedy }] of Object.entries(TRUST_RULES)) {
      expect(rule).toMatch(/^[a-z0-9-]+$/);
      expect(remedy).toMatch(/^[a-z-].*[^.]$/);
    }
  });

  it('keeps the hint what OpenSSL prints', async () => {
    const pem = publicPem(key);
    expect(await hintOf(readPublicKey(pem))).toBe(createHash('sha256').update(pem).digest('hex'));
  });
});
