/** Signatures of models verify in workerd as they do on Node, with the same rules for the same faults. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestHarness, type TestHarness } from 'wrangler';
import { generateKeyPairSync } from 'node:crypto';
import {
  certificatePem,
  makeCertificate,
  makeKey,
  publicPem,
  type CertificateForm,
  type KeyPair,
} from '../support/certificates.ts';
import { makeBundle, makeStatement } from '../support/signatures.ts';

const NOW = Date.UTC(2026, 10, 23);
let folder: string;
let harness: TestHarness;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thalweg-trust-'));
  const main = join(import.meta.dirname, 'trust-worker.ts');
  const configPath = join(folder, 'wrangler.toml');
  writeFileSync(configPath, `name = "trust"\nmain = ${JSON.stringify(main)}\ncompatibility_date = "2026-03-01"\n`);
  harness = createTestHarness({ workers: [{ configPath }] });
  await harness.listen();
}, 60_000);

afterAll(async () => {
  await harness?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(question: object): Promise<Record<string, unknown>> {
  const response = await harness.fetch('/', { method: 'POST', body: JSON.stringify({ nowMs: NOW, ...question }) });
  return (await response.json()) as Record<string, unknown>;
}

const statement = JSON.stringify(makeStatement({ a: 'x', b: 'y' }));
const signed = async (key: KeyPair, chain?: readonly Uint8Array[]): Promise<string> =>
  JSON.stringify(
    await makeBundle(chain === undefined ? { key, payload: statement } : { key, payload: statement, chain }),
  );

describe('a signed model in workerd', () => {
  it.each(['P-256', 'P-384', 'P-521'])('verifies with a key on %s and with no other', async (curve) => {
    const key = makeKey(curve);
    const bundle = await signed(key);
    expect(await ask({ bundle, publicKey: publicPem(key) })).toMatchObject({
      verdict: 'verified',
      signer: { method: 'key' },
    });
    expect(await ask({ bundle, publicKey: publicPem(makeKey(curve)) })).toEqual({ verdict: 'key-hint-mismatch' });
    const unhinted = bundle.replace(/"hint":"[0-9a-f]+"/, '"rawBytes":"AA=="');
    expect(await ask({ bundle: unhinted, publicKey: publicPem(makeKey(curve)) })).toEqual({
      verdict: 'signature-invalid',
    });
  });

  it('verifies with certificates, also under an RSA root', async () => {
    const root = { subject: 'root', key: makeKey('P-384'), isCa: true } satisfies CertificateForm;
    const leaf = { subject: 'signer', key: makeKey(), issuer: root } satisfies CertificateForm;
    const bundle = await signed(leaf.key, [makeCertificate(leaf)]);
    const roots = certificatePem(root);
    expect(await ask({ bundle, roots, identity: 'CN=signer' })).toMatchObject({ verdict: 'verified' });
    expect(await ask({ bundle, roots, identity: 'CN=sign' })).toEqual({ verdict: 'identity-mismatch' });
    expect(await ask({ bundle, roots, identity: 'CN=signer', nowMs: NOW + 1e14 })).toEqual({
      verdict: 'certificate-expired',
    });
    const algorithm = '1.2.840.113549.1.1.11';
    const rsa = {
      subject: 'root',
      key: generateKeyPairSync('rsa', { modulusLength: 2048 }),
      isCa: true,
      algorithm,
    } satisfies CertificateForm;
    const under = { ...leaf, issuer: rsa, algorithm } satisfies CertificateForm;
    const rsaBundle = await signed(leaf.key, [makeCertificate(under)]);
    expect(await ask({ bundle: rsaBundle, roots: certificatePem(rsa), identity: 'CN=signer' })).toMatchObject({
      verdict: 'verified',
    });
    expect(await ask({ bundle: rsaBundle, roots, identity: 'CN=signer' })).toEqual({
      verdict: 'certificate-chain-incomplete',
    });
  });

  it('is refused for the same reasons as on Node', async () => {
    const key = makeKey();
    const publicKey = publicPem(key);
    const bundle = await signed(key);
    expect(await ask({ bundle: bundle.slice(1), publicKey })).toEqual({ verdict: 'bundle-not-json' });
    expect(await ask({ bundle: bundle.replace('v0.3', 'v0.2'), publicKey })).toEqual({ verdict: 'bundle-media-type' });
    expect(await ask({ bundle: bundle.replace('"payload":"', '"payload":" '), publicKey })).toEqual({
      verdict: 'base64-not-strict',
    });
    const emptied = JSON.stringify(await makeBundle({ key, payload: statement.replaceAll('"b"', '"../b"') }));
    expect(await ask({ bundle: emptied, publicKey })).toEqual({ verdict: 'name-not-canonical' });
  });
});
