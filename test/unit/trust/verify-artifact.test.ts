/** One verification of an artifact over real files: each way to break its terms, by its rule, and the evidence where they hold. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ArtifactConfig } from '../../../src/core/config.ts';
import { compileTrust } from '../../../src/trust/compile.ts';
import { verifyArtifact } from '../../../src/trust/node/verify-artifact.ts';
import { certificatePem, makeCertificate, makeKey, type CertificateForm } from '../../support/certificates.ts';
import { makeBundle, makeStatement, toBytes } from '../../support/signatures.ts';
import { makeSignedModel, type SignedModelFolder } from '../../support/signed-model.ts';
import { makeFolder } from '../../support/folder.ts';
import { backendAt } from '../../support/whole-config.ts';

const NOW = Date.UTC(2026, 10, 23);

async function verify(folder: string, config: Partial<ArtifactConfig> & Pick<ArtifactConfig, 'path' | 'signer'>) {
  const artifact: ArtifactConfig = {
    level: 'T0',
    templates: 'lint',
    excuse: [],
    max_age: 1e9,
    lease: 60_000,
    ignore: [],
    allow_ignored: [],
    ...config,
  };
  const backends = { up: { ...backendAt('http://x'), artifact: 'r1' } };
  const [terms] = compileTrust({ trust: { models: { r1: artifact } }, backends });
  return verifyArtifact(terms!, { folder, now: () => NOW, hashing: { cache: null } });
}

async function model(): Promise<{ signed: SignedModelFolder; folder: string }> {
  const signed = await makeSignedModel();
  return { signed, folder: dirname(signed.root) };
}

const KEY = { path: 'r1', signer: { key: 'models.pub' } };

describe('a verification', () => {
  it('finds signer, digests, files and inspection', async () => {
    const { folder } = await model();
    const { evidence, fault, seen } = await verify(folder, KEY);
    expect(fault).toBeNull();
    expect(evidence).toMatchObject({ files: 2, verified: { signer: { method: 'key' } }, verifiedAt: NOW, store: null });
    expect(evidence?.inspection.weights).toHaveLength(1);
    expect(seen.fingerprint).toContain('model.sig');
  });

  it.each<[string, string, Partial<ArtifactConfig>, (signed: SignedModelFolder) => unknown]>([
    ['another root than allowed', 'root-not-allowed', { digests: [`sha256:${'0'.repeat(64)}`] }, () => undefined],
    ['a pickle, though signed', 'pickle', {}, (signed) => (signed.write('x.pkl', '\x80\x04.'), signed.sign())],
    ['a format that is left out', 'format-not-allowed', { formats: ['safetensors'] }, () => undefined],
    ['no trust root', 'trust-root-missing', { signer: { key: 'nobody.pub' } }, () => undefined],
    ['no model', 'missing', { path: 'r2' }, () => undefined],
    ['no signature', 'file-unreadable', {}, (signed) => signed.remove('model.sig')],
    ['a signature by another', 'key-hint-mismatch', { signer: { key: 'other.pub' } }, otherKey],
  ])('refuses %s', async (_name, rule, more, change) => {
    const { signed, folder } = await model();
    await change(signed);
    const { fault, evidence } = await verify(folder, { ...KEY, ...more });
    expect(fault?.rule).toBe(rule);
    expect(evidence).toBeNull();
  });

  it('lets through what was looked at, and leaves out what is ignored', async () => {
    const { signed, folder } = await model();
    signed.write('x.pkl', '\x80\x04.');
    expect((await verify(folder, KEY)).fault).toMatchObject({ rule: 'files-differ', what: 'not signed: x.pkl' });
    expect((await verify(folder, { ...KEY, ignore: ['x.pkl'] })).fault).toBeNull();
    await signed.sign();
    expect((await verify(folder, { ...KEY, excuse: [{ rule: 'pickle', file: 'x.pkl' }] })).fault).toBeNull();
  });

  it('takes a signature that lies elsewhere, and looks at it too', async () => {
    const { signed, folder } = await model();
    mkdirSync(join(folder, 'signatures'));
    renameSync(join(signed.root, 'model.sig'), join(folder, 'signatures/r1.sig'));
    const { fault, seen } = await verify(folder, { ...KEY, signature: '../signatures/r1.sig' });
    expect(fault).toBeNull();
    expect(seen.beside).toContain('r1.sig');
    expect(seen.fingerprint).not.toContain('model.sig');
  });

  it('compares with a store without hashing it, and closes nothing over it', async () => {
    const { signed, folder } = await model();
    const store = join(folder, 'ollama');
    const weights = readFileSync(join(signed.root, 'r1.gguf'));
    const digest = createHash('sha256').update(weights).digest('hex');
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        digest: `sha256:${digest}`,
        size: weights.length,
      },
      layers: [{ mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${digest}`, size: weights.length }],
    });
    mkdirSync(join(store, 'blobs'), { recursive: true });
    mkdirSync(join(store, 'manifests/registry.ollama.ai/library/r1'), { recursive: true });
    writeFileSync(join(store, 'blobs', `sha256-${digest}`), weights);
    writeFileSync(join(store, 'manifests/registry.ollama.ai/library/r1/latest'), manifest);
    const named = { store: { ollama: { folder: 'ollama', model: 'r1' } } };
    const { evidence } = await verify(folder, { ...KEY, ...named });
    const revision = createHash('sha256').update(manifest).digest('hex');
    expect(evidence?.store).toMatchObject({
      source: 'ollama',
      revision,
      report: { matched: ['r1.gguf'], weightsMatch: true },
    });
    const absent = await verify(folder, { ...KEY, store: { ollama: { folder: 'nowhere', model: 'r1' } } });
    expect(absent.fault).toBeNull();
    expect(absent.evidence?.storeFault).toContain('store-missing');
  });
});

function otherKey({ root }: SignedModelFolder): void {
  const pem = makeKey().publicKey.export({ type: 'spki', format: 'pem' });
  writeFileSync(join(dirname(root), 'other.pub'), pem);
}

describe('a floor for the age of signatures', () => {
  const root = { subject: 'root', key: makeKey(), isCa: true } satisfies CertificateForm;

  it.each([
    ['2026-06-01', '20260701', null],
    ['2026-07-01', '20260701', null],
    ['2026-07-02', '20260701', 'signed-too-early'],
  ])('of %s judges a certificate from %s', async (since, from, rule) => {
    const leaf = { subject: 'signer', key: makeKey(), issuer: root, emails: ['m@example.com'], from };
    const files = { 'a.txt': 'x' };
    const folder = makeFolder({ 'r1/a.txt': 'x', 'root.pem': certificatePem(root) });
    const chain = [makeCertificate(leaf)];
    const bundle = await makeBundle({ key: leaf.key, payload: JSON.stringify(makeStatement(files)), chain });
    writeFileSync(join(folder, 'r1/model.sig'), toBytes(bundle));
    expect(statSync(join(folder, 'r1')).isDirectory()).toBe(true);
    const signer = { chain: ['root.pem'], identity: 'm@example.com' };
    const { fault } = await verify(folder, { path: 'r1', signer, signed_since: since });
    expect(fault?.rule ?? null).toBe(rule);
  });
});
