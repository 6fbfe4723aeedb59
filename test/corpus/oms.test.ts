/** OpenSSF Model Signing on the published bundles: every historical version, and the valid and invalid vectors of the specification. */
import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPublicKey } from '../../src/crypto/public-key.ts';
import { readCertificates } from '../../src/crypto/x509.ts';
import type { KeylessVerifier, TrustAnchor } from '../../src/trust/anchor.ts';
import { describeBundle } from '../../src/trust/describe.ts';
import { createKeylessVerifier } from '../../src/trust/node/keyless.ts';
import { verifyModel } from '../../src/trust/node/verify-model.ts';
import { TrustError } from '../../src/trust/trust-error.ts';
import { strictPolicy, verifyBundle } from '../../src/trust/verify.ts';
import { corpusFolder, readMaterial } from './material.ts';

const folder = join(corpusFolder, 'oms');
const identities = readMaterial('oms/historical/identities.json') as { identity: string; issuer: string } | null;
const NOW = Date.UTC(2026, 10, 23);
const policy = strictPolicy(NOW);
const historical = existsSync(folder)
  ? readdirSync(join(folder, 'historical')).filter((name) => name.startsWith('v'))
  : [];
const spec = join(folder, 'spec/test-vectors/v1.0');
const vectors = existsSync(spec)
  ? readdirSync(spec).flatMap((kind) => readdirSync(join(spec, kind)).map((name) => `${kind}/${name}`))
  : [];

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const bytesOf = (path: string): Uint8Array => readFileSync(join(folder, path));
const ruleOf = (error: unknown): string => (error instanceof TrustError ? error.rule : String(error));

/** The trusted root of the public Sigstore instance, as its TUF client ships it. */
function trustedRoot(): string {
  const seeds = createRequire(import.meta.url)('@sigstore/tuf/seeds.json') as Record<
    string,
    { targets: Record<string, string> }
  >;
  const [instance] = Object.values(seeds);
  return Buffer.from(instance?.targets['trusted_root.json'] ?? '', 'base64').toString();
}

describe.skipIf(identities === null)('the published bundles', () => {
  let verifier: KeylessVerifier;
  let key: TrustAnchor;
  let certificate: TrustAnchor;
  let keyless: TrustAnchor;

  beforeAll(async () => {
    verifier = await createKeylessVerifier(trustedRoot(), 'trusted_root.json');
    key = { method: 'key', key: readPublicKey(read('keys/signing-key-pub.pem')) };
    const authorities = ['ca', 'int-ca'].flatMap((name) => readCertificates(read(`keys/${name}-cert.pem`)));
    const identity = { kind: 'name', name: 'CN=intermediate-ca' } as const;
    certificate = { method: 'certificate', authorities, identity, deniedKeys: new Set() };
    keyless = { method: 'sigstore', verifier, identity: identities?.identity ?? '', issuer: identities?.issuer ?? '' };
  });

  const anchorOf = (name: string): TrustAnchor => {
    if (name.endsWith('sigstore')) return keyless;
    return name.endsWith('certificate') ? certificate : key;
  };

  it('are all there', () => {
    expect(historical).toHaveLength(13);
    expect(vectors).toHaveLength(8);
  });

  it.each(historical)('%s verifies with its files', async (name) => {
    const root = join(folder, 'historical', name);
    // Of these two the Python client signed one file.
    const isFile = name === 'v0.3.1-elliptic-key' || name === 'v1.0.0-elliptic-key';
    const { ok, files, verified } = await verifyModel({
      root: isFile ? join(root, 'signme-1') : root,
      signature: join(root, 'model.sig'),
      anchor: anchorOf(name),
      policy: { ...policy, acceptVersion02: name.startsWith('v0.2') },
      ignorePaths: isFile ? [] : [join(root, 'ignore-me')],
      ignoreUnsigned: 'none',
    });
    expect({ ok, extra: files.extra, signer: verified.signer.method }).toEqual({
      ok: true,
      extra: [],
      signer: name.endsWith('elliptic-key') ? 'key' : name.split('-')[1],
    });
  });

  it('of version 0.2 needs the caller to accept it', async () => {
    const bytes = bytesOf('historical/v0.2.0-certificate/model.sig');
    expect(await verifyBundle(bytes, certificate, policy).catch(ruleOf)).toBe('predicate-type');
  });

  it.each(historical)('%s fails with any of 40 bytes flipped', async (name) => {
    const bytes = bytesOf(`historical/${name}/model.sig`);
    const { payload } = (JSON.parse(Buffer.from(bytes).toString()) as { dsseEnvelope: { payload: string } })
      .dsseEnvelope;
    const start = Buffer.from(bytes).indexOf(payload);
    for (let i = 0; i < 40; i++) {
      const changed = new Uint8Array(bytes);
      changed[start + Math.floor((i * payload.length) / 40)]! ^= 1;
      const accepting = { ...policy, acceptVersion02: true };
      await expect(verifyBundle(changed, anchorOf(name), accepting)).rejects.toBeInstanceOf(TrustError);
    }
  });

  it.each(historical.filter((name) => name.endsWith('sigstore')))(
    '%s proves its identity and issuer only',
    async (name) => {
      const bytes = bytesOf(`historical/${name}/model.sig`);
      const trusting = (identity: string, issuer: string): TrustAnchor => ({
        method: 'sigstore',
        verifier,
        identity,
        issuer,
      });
      const { identity, issuer } = identities ?? { identity: '', issuer: '' };
      for (const wrong of ['b@us', '.*', identity.slice(0, -1), `${identity}.`, identity.toUpperCase()]) {
        expect(await verifyBundle(bytes, trusting(wrong, issuer), policy).catch(ruleOf)).toBe('identity-mismatch');
      }
      for (const wrong of ['https://accounts.google.com', `${issuer}/`, '.*']) {
        expect(await verifyBundle(bytes, trusting(identity, wrong), policy).catch(ruleOf)).toBe('issuer-mismatch');
      }
    },
  );

  it.each(vectors.filter((name) => name.startsWith('valid/')))('the vector %s verifies', async (name) => {
    const bytes = bytesOf(`spec/test-vectors/v1.0/${name}`);
    const claim = describeBundle(bytes);
    expect(claim.manifest.resources.length).toBeGreaterThan(0);
    const { rootDigest } = await verifyBundle(bytes, anchorOf(claim.method), policy);
    expect(rootDigest).toBe(claim.rootDigest);
  });

  it.each(vectors.filter((name) => name.startsWith('invalid')))('the vector %s is refused', async (name) => {
    const bytes = bytesOf(`spec/test-vectors/v1.0/${name}`);
    expect(() => describeBundle(bytes)).toThrow(TrustError);
    for (const anchor of [key, certificate, keyless]) {
      await expect(verifyBundle(bytes, anchor, policy)).rejects.toBeInstanceOf(TrustError);
    }
  });
});
