/** A worker that verifies posted bundles: for the test that model signatures verify in workerd. */
import { readPublicKey } from '../../src/crypto/public-key.ts';
import { readCertificates } from '../../src/crypto/x509.ts';
import type { TrustAnchor } from '../../src/trust/anchor.ts';
import { TrustError } from '../../src/trust/trust-error.ts';
import { strictPolicy, verifyBundle } from '../../src/trust/verify.ts';

interface Question {
  readonly bundle: string;
  readonly publicKey?: string;
  readonly roots?: string;
  readonly identity?: string;
  readonly nowMs: number;
}

function anchorOf({ publicKey, roots = '', identity = '' }: Question): TrustAnchor {
  if (publicKey !== undefined) return { method: 'key', key: readPublicKey(publicKey) };
  const authorities = readCertificates(roots);
  return { method: 'certificate', authorities, identity: { kind: 'name', name: identity }, deniedKeys: new Set() };
}

export default {
  async fetch(request: Request): Promise<Response> {
    const question = (await request.json()) as Question;
    try {
      const bytes = new TextEncoder().encode(question.bundle);
      const { signer, rootDigest } = await verifyBundle(bytes, anchorOf(question), strictPolicy(question.nowMs));
      return Response.json({ verdict: 'verified', signer, rootDigest });
    } catch (error) {
      if (error instanceof TrustError) return Response.json({ verdict: error.rule });
      return Response.json({ verdict: String(error) }, { status: 500 });
    }
  },
};
