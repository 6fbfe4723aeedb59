/** Every rule of a bundle has a planted fault that breaks it and nothing else; the signature is valid wherever it is not the fault. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hintOf, readPublicKey } from '../../../src/crypto/public-key.ts';
import type { TrustAnchor } from '../../../src/trust/anchor.ts';
import { TRUST_RULES, type TrustRule } from '../../../src/trust/rules.ts';
import { TrustError } from '../../../src/trust/trust-error.ts';
import { strictPolicy, verifyBundle, type VerifyPolicy } from '../../../src/trust/verify.ts';
import { makeKey, publicPem } from '../../support/certificates.ts';
import { keyAnchor, makeBundle, makeStatement, rootOf, sha256, toBytes } from '../../support/signatures.ts';

const NOW = Date.UTC(2026, 10, 23);
const key = makeKey();
const FILES = { 'a.txt': 'alpha', 'b/c.gguf': 'beta' };
const anchor = keyAnchor(key);

async function verdictOf(
  bytes: Uint8Array,
  whom: TrustAnchor = anchor,
  policy: Partial<VerifyPolicy> = {},
): Promise<string> {
  try {
    await verifyBundle(bytes, whom, { ...strictPolicy(NOW), ...policy });
    return 'verified';
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    expect(error.message).toContain(TRUST_RULES[error.rule].remedy);
    expect(error.where).not.toBe('');
    return error.rule;
  }
}

interface AnyStatement {
  _type: unknown;
  subject: unknown;
  predicateType: unknown;
  predicate?: unknown;
}
interface AnyPredicate {
  serialization: Record<string, unknown>;
  resources: Record<string, unknown>[];
}

/** A bundle over a statement that was changed before it was signed. */
async function signChanged(change: (statement: AnyStatement, predicate: AnyPredicate) => void): Promise<Uint8Array> {
  const statement = makeStatement(FILES) as unknown as AnyStatement & { predicate: AnyPredicate };
  change(statement, statement.predicate);
  return toBytes(await makeBundle({ key, payload: JSON.stringify(statement) }));
}

/** A bundle whose resources were changed, with the root that belongs to them. */
async function signResources(change: (predicate: AnyPredicate) => void): Promise<Uint8Array> {
  return signChanged((statement, predicate) => {
    change(predicate);
    const root = rootOf(predicate.resources.map(({ digest }) => ({ digest: String(digest) })));
    statement.subject = [{ name: 'model', digest: { sha256: root } }];
  });
}

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

const resource = (name: string, extra: object = {}): Record<string, unknown> => ({
  name,
  algorithm: 'sha256',
  digest: sha256(name),
  ...extra,
});
const only =
  (...resources: Record<string, unknown>[]) =>
  (predicate: AnyPredicate): void => {
    predicate.resources = resources;
  };

/** Faults of what was signed; every signature is valid. */
const STATEMENT_FAULTS: readonly [TrustRule, string, () => Promise<Uint8Array>][] = [
  ['statement-not-json', 'no JSON', async () => toBytes(await makeBundle({ key, payload: 'no' }))],
  ['bundle-duplicate-key', 'a repeated key', async () => toBytes(await makeBundle({ key, payload: '{"a":1,"a":2}' }))],
  ['statement-type', 'another _type', () => signChanged((s) => void (s._type = 'https://in-toto.io/Statement/v0.1'))],
  ['predicate-type', 'SLSA', () => signChanged((s) => void (s.predicateType = 'https://slsa.dev/provenance/v1'))],
  ['predicate-type', 'v2', () => signChanged((s) => void (s.predicateType = 'https://model_signing/signature/v2.0'))],
  ['statement-shape', 'no predicate', () => signChanged((s) => void delete s.predicate)],
  ['statement-shape', 'an unknown member in v1.0', () => signChanged((s) => void Object.assign(s, { more: 1 }))],
  ['statement-subject', 'two subjects', () => signChanged((s) => void (s.subject = [{}, {}]))],
  ['statement-subject', 'no subject', () => signChanged((s) => void (s.subject = []))],
  [
    'statement-subject',
    'no sha256',
    () => signChanged((s) => void (s.subject = [{ name: 'm', digest: { md5: 'aa' } }])),
  ],
  ['predicate-shape', 'an unknown member', () => signChanged((_, p) => void Object.assign(p, { more: 1 }))],
  ['predicate-shape', 'another method', () => signChanged((_, p) => void (p.serialization['method'] = 'magic'))],
  [
    'predicate-shape',
    'shards without a size',
    () => signChanged((_, p) => void (p.serialization['method'] = 'shards')),
  ],
  ['manifest-empty', 'no resources', () => signResources(only())],
  ['name-duplicate', 'one name twice', () => signResources(only(resource('a'), resource('a')))],
  ...['../x', 'a/../b', '/etc/passwd', 'a//b', './a', 'a/', '.', 'a/.'].map(
    (name): [TrustRule, string, () => Promise<Uint8Array>] => [
      'name-not-canonical',
      name,
      () => signResources(only(resource(name), resource('z'))),
    ],
  ),
  ['digest-malformed', 'upper case', () => signChanged((_, p) => void (p.resources[0]!['digest'] = 'AB'.repeat(32)))],
  ['digest-malformed', '16 digits', () => signChanged((_, p) => void (p.resources[0]!['digest'] = 'ab'.repeat(8)))],
  ['algorithm-mismatch', 'md5', () => signChanged((_, p) => void (p.resources[0]!['algorithm'] = 'md5'))],
  [
    'algorithm-mismatch',
    'not as hash_type',
    () => signChanged((_, p) => void (p.resources[0]!['algorithm'] = 'blake3')),
  ],
  [
    'algorithm-unsupported',
    'hash_type sha1',
    () => signChanged((_, p) => void (p.serialization['hash_type'] = 'sha1')),
  ],
  [
    'root-digest-mismatch',
    'another root',
    () => signChanged((s) => void (s.subject = [{ name: 'm', digest: { sha256: sha256('') } }])),
  ],
  [
    'ignore-path-refused',
    'all is ignored',
    () => signChanged((_, p) => void (p.serialization['ignore_paths'] = ['.'])),
  ],
  [
    'ignored-path-loads',
    'the tokenizer is ignored',
    () => signChanged((_, p) => void (p.serialization['ignore_paths'] = ['tokenizer_config.json'])),
  ],
  ['symlinks-not-allowed', 'links', () => signChanged((_, p) => void (p.serialization['allow_symlinks'] = true))],
];

describe('a statement with a valid signature', () => {
  it.each(STATEMENT_FAULTS)('breaks %s: %s', async (rule, _what, make) => {
    expect(await verdictOf(await make())).toBe(rule);
  });

  it('may leave out what loaders read, or follow links, only where the caller says so', async () => {
    const ignoring = await signChanged((_, p) => void (p.serialization['ignore_paths'] = ['tokenizer_config.json']));
    expect(await verdictOf(ignoring, anchor, { allowedIgnores: new Set(['tokenizer_config.json']) })).toBe('verified');
    const linked = await signChanged((_, p) => void (p.serialization['allow_symlinks'] = true));
    expect(await verdictOf(linked, anchor, { allowSymlinks: true })).toBe('verified');
  });

  it('of an older version of the model is refused where roots are pinned', async () => {
    const bytes = await signChanged(() => undefined);
    const { rootDigest } = await verifyBundle(bytes, anchor, strictPolicy(NOW));
    expect(await verdictOf(bytes, anchor, { allowedRoots: new Set([rootDigest]) })).toBe('verified');
    expect(await verdictOf(bytes, anchor, { allowedRoots: new Set([sha256('newer')]) })).toBe('root-not-allowed');
  });
});

describe('shards', () => {
  const shards = (names: readonly string[], algorithm = 'sha256', size: unknown = 4) =>
    signResources((predicate) => {
      Object.assign(predicate.serialization, { method: 'shards', shard_size: size });
      predicate.resources = names.map((name) => resource(name, { algorithm }));
    });

  it('are accepted with the plain algorithm and with that of the Python client, whatever colons the path has', async () => {
    expect(await verdictOf(await shards(['a:b:0:4', 'a:b:4:6']))).toBe('verified');
    expect(await verdictOf(await shards(['a:0:4', 'a:4:8'], 'sha256-sharded-4'))).toBe('verified');
  });

  it.each<[TrustRule, readonly string[], string?, unknown?]>([
    ['shard-malformed', ['a']],
    ['shard-malformed', ['a:0:4', 'a:5:6']],
    ['shard-malformed', ['a:0:4', 'a:2:6']],
    ['shard-malformed', ['a:0:3', 'a:3:6']],
    ['shard-malformed', ['a:4:8']],
    ['name-not-canonical', ['../a:0:4']],
    ['algorithm-mismatch', ['a:0:4'], 'sha256-sharded-8'],
    ['predicate-shape', ['a:0:4'], 'sha256', 0],
    ['predicate-shape', ['a:0:4'], 'sha256', 1.5],
  ])('break %s: %j', async (rule, names, algorithm, size) => {
    expect(await verdictOf(await shards(names, algorithm, size))).toBe(rule);
  });
});

describe('version 0.2', () => {
  const payload = JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: "it's", digest: { sha256: sha256('x') } }],
    predicateType: 'https://model_signing/Digests/v0.1',
    predicate: { unused: 'é' },
  });
  const printed = `b"${payload.replaceAll('é', '\\xc3\\xa9')}"`;

  it('is refused unless the caller accepts it, and its encoding signs nothing else', async () => {
    // Both quotes occur, so Python escapes the apostrophe.
    const text = `b'${printed.slice(2, -1).replaceAll("'", "\\'")}'`;
    const head = `DSSEV1 28 application/vnd.in-toto+json ${Buffer.byteLength(payload)} `;
    const bytes = toBytes(await makeBundle({ key, payload, covered: Buffer.from(head + text) }));
    expect(await verdictOf(bytes)).toBe('predicate-type');
    expect(await verdictOf(bytes, anchor, { acceptVersion02: true })).toBe('verified');
    const v1 = JSON.stringify(makeStatement(FILES));
    const covered = Buffer.from(`DSSEV1 28 application/vnd.in-toto+json ${v1.length} b'${v1}'`);
    const old = toBytes(await makeBundle({ key, payload: v1, covered }));
    expect(await verdictOf(old, anchor, { acceptVersion02: true })).toBe('signature-invalid');
  });
});

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
