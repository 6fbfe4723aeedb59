/** Step 1: who is calling, and may they? */
import type { Awaitable } from '../core/credential.ts';
import type { Digest } from '../core/digest.ts';
import { GatewayError } from '../core/gateway-error.ts';
import type { Exchange } from './exchange.ts';
import type { KeyEntry } from './snapshot.ts';

/**
 * Authenticates the caller and fills `exchange.caller`; answers at once where the digest does.
 * @throws GatewayError `ambiguous-credentials`, `missing-credential`, `invalid-credential`
 */
export function admit(exchange: Exchange, digest: Digest): Awaitable<void> {
  const { credential } = exchange.call;
  if (credential?.kind === 'ambiguous') {
    throw new GatewayError(
      'ambiguous-credentials',
      `Two credentials that differ were sent: ${credential.where.join(' and ')}.`,
    );
  }
  const { keyring } = exchange.live;
  if (keyring === null) return;
  if (credential === null) throw new GatewayError('missing-credential');
  const found = keyring.find(credential.key.reveal(), digest);
  return found instanceof Promise ? found.then((entry) => enter(exchange, entry)) : enter(exchange, found);
}

function enter(exchange: Exchange, entry: KeyEntry | undefined): void {
  if (entry === undefined) throw new GatewayError('invalid-credential');
  exchange.caller = entry;
}
