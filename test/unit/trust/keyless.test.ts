/** The optional sigstore packages: absent ones are named with the way to install them, and a useless trusted root is refused. */
import { describe, expect, it } from 'vitest';
import { createKeylessVerifier } from '../../../src/trust/node/keyless.ts';

describe('the keyless verifier', () => {
  it('says which packages to install where they are absent', async () => {
    const absent = async (): Promise<never> => Promise.reject(new Error("Cannot find package '@sigstore/verify'"));
    await expect(createKeylessVerifier('{}', 'root.json', absent)).rejects.toMatchObject({
      rule: 'keyless-packages-missing',
      kind: 'trust',
      remedy: expect.stringContaining('npm install @sigstore/verify'),
    });
  });

  it.each(['', '{', 'null', '{}', '[]', '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}'])(
    'refuses the trusted root %j',
    async (text) => {
      await expect(createKeylessVerifier(text, 'root.json')).rejects.toMatchObject({
        rule: 'trust-root-malformed',
        where: 'root.json',
      });
    },
  );
});
