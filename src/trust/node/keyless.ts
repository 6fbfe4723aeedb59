/** Keyless signatures, verified offline by the optional sigstore packages over a pinned trusted root. */
import type * as bundles from '@sigstore/bundle';
import type * as protobuf from '@sigstore/protobuf-specs';
import type * as verification from '@sigstore/verify';
import type { KeylessIdentity, KeylessVerifier } from '../anchor.ts';
import { TrustError } from '../trust-error.ts';

/** The packages, which are loaded only where a keyless signature is verified. */
export interface SigstorePackages {
  readonly bundle: Pick<typeof bundles, 'bundleFromJSON'>;
  readonly specs: Pick<typeof protobuf, 'TrustedRoot'>;
  readonly verify: Pick<typeof verification, 'toSignedEntity' | 'toTrustMaterial' | 'Verifier'>;
}

/** Loads them; rejects where they are not installed. */
async function importPackages(): Promise<SigstorePackages> {
  const [bundle, specs, verify] = await Promise.all([
    import('@sigstore/bundle'),
    import('@sigstore/protobuf-specs'),
    import('@sigstore/verify'),
  ]);
  return { bundle, specs, verify };
}

/**
 * Makes a verifier: at least one transparency log entry, one certificate timestamp and one timestamp, each under the trusted root.
 * @throws TrustError `keyless-packages-missing`, `trust-root-malformed`
 */
export async function createKeylessVerifier(
  trustedRoot: string,
  path: string,
  load: () => Promise<SigstorePackages> = importPackages,
): Promise<KeylessVerifier> {
  const packages = await load().catch(() => {
    throw new TrustError('keyless-packages-missing', 'keyless', 'the optional sigstore packages are not installed');
  });
  const verifier = openVerifier(trustedRoot, path, packages);
  return {
    async verify(bundle) {
      try {
        const entity = packages.verify.toSignedEntity(packages.bundle.bundleFromJSON(bundle));
        return identityOf(verifier.verify(entity));
      } catch (error) {
        if (error instanceof TrustError) throw error;
        throw new TrustError('keyless-unverified', 'bundle', error instanceof Error ? error.message : String(error));
      }
    },
  };
}

type Verifier = InstanceType<SigstorePackages['verify']['Verifier']>;

function openVerifier(trustedRoot: string, path: string, { specs, verify }: SigstorePackages): Verifier {
  try {
    const material = verify.toTrustMaterial(specs.TrustedRoot.fromJSON(JSON.parse(trustedRoot)));
    if (material.certificateAuthorities.length === 0 || material.tlogs.length === 0) {
      throw new TypeError('it names no certificate authority or no transparency log');
    }
    return new verify.Verifier(material, { ctlogThreshold: 1, tlogThreshold: 1, timestampThreshold: 1 });
  } catch (error) {
    const what = `is no trusted root: ${error instanceof Error ? error.message : String(error)}`;
    throw new TrustError('trust-root-malformed', path, what);
  }
}

/** The packages match identities as regular expressions; here they are only read, and compared elsewhere, exactly. */
function identityOf({ identity }: ReturnType<Verifier['verify']>): KeylessIdentity {
  const name = identity?.subjectAlternativeName;
  const issuer = identity?.extensions?.issuer;
  if (name === undefined || issuer === undefined) {
    throw new TrustError('keyless-unverified', 'bundle', 'the certificate names no identity or no issuer');
  }
  return { identity: name, issuer };
}
