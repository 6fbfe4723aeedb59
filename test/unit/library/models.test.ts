/** Models signed from a program with a key that does not leave its keeper, and verified again. */
import { sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPublicKey, signModel, strictPolicy, TrustError, verifyModel, type Signer } from '../../../src/index.ts';
import { makeKey, publicPem } from '../../support/certificates.ts';
import { makeFolder } from '../../support/folder.ts';

describe('a keeper of keys', () => {
  const key = makeKey('P-384');
  const publicKey = readPublicKey(publicPem(key));
  const keeper: Signer = {
    publicKey,
    chain: null,
    sign: async (bytes) => sign('sha384', bytes, { key: key.privateKey, dsaEncoding: 'der' }),
  };

  it('signs through the library', async () => {
    const root = makeFolder({ 'a.txt': 'a' });
    const output = join(root, 'model.sig');
    const { rootDigest } = await signModel({ root, signer: keeper, output, ignorePaths: [], singleFileDot: false });
    const question = {
      root,
      signature: output,
      anchor: { method: 'key', key: publicKey },
      policy: strictPolicy(Date.now()),
      ignorePaths: [],
      ignoreUnsigned: 'none',
    } as const;
    const verdict = await verifyModel(question);
    expect(verdict).toMatchObject({ ok: true, verified: { rootDigest } });
    writeFileSync(output, '{}');
    await expect(verifyModel(question)).rejects.toBeInstanceOf(TrustError);
  });
});
