/** Every rule of what was signed has a planted fault that breaks it and nothing else; every signature here is valid. */
import { describe, expect, it } from 'vitest';
import type { TrustRule } from '../../../src/trust/rules.ts';
import { strictPolicy, verifyBundle } from '../../../src/trust/verify.ts';
import { makeBundle, makeStatement, sha256, toBytes } from '../../support/signatures.ts';
import { anchor, FILES, key, NOW, signChanged, signResources, verdictOf, type AnyPredicate } from './verdict.ts';

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
