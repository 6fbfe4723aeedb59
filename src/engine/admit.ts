/** Step 1: who is calling, and may they? */
import type { Awaitable } from '../core/credential.ts';
import type { Digest } from '../core/digest.ts';
import { GatewayError, type ErrorDetail } from '../core/gateway-error.ts';
import type { Exchange } from './exchange.ts';
import type { KeyEntry } from './snapshot.ts';

/** A 401 must name how to authenticate (RFC 9110, 15.5.2). */
const CHALLENGE: ErrorDetail = { headers: ['www-authenticate', 'Bearer'] };

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
  if (credential === null) throw new GatewayError('missing-credential', undefined, CHALLENGE);
  const found = keyring.find(credential.key.reveal(), digest);
  return found instanceof Promise ? found.then((entry) => enter(exchange, entry)) : enter(exchange, found);
}

function enter(exchange: Exchange, entry: KeyEntry | undefined): void {
  if (entry === undefined) throw new GatewayError('invalid-credential', undefined, CHALLENGE);
  exchange.caller = entry;
}
