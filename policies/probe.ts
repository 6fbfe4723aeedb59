/** The permit of a probe: a question to a server about itself, which carries nothing of any request. */
import type { Backend } from '../src/core/backend.ts';
import { EgressPermit } from '../src/core/egress.ts';
import type { PolicySnapshot } from '../src/core/policy.ts';

/** May this backend be asked what it has loaded? Only to where it is declared, as every other connection. */
export function permitProbe({ digest }: PolicySnapshot, { origin, egress }: Backend): EgressPermit {
  return EgressPermit.mint(digest, origin, 'probe', 'probe', egress);
}
