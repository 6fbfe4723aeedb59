/** Step 1: who is calling, and may they? */
import type { Awaitable } from '../core/credential.ts';
import type { Digest } from '../core/digest.ts';
import { GatewayError } from '../core/gateway-error.ts';
import type { Exchange } from './exchange.ts';

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
  const keys = exchange.live.snapshot.keys;
  if (keys === null) return;
  if (credential === null) throw new GatewayError('missing-credential');
  const hash = digest.sha256(credential.key.reveal());
  return typeof hash === 'string' ? recognise(exchange, hash) : hash.then((text) => recognise(exchange, text));
}

/** The table is keyed by digest: looking it up leaks nothing about the keys by timing. */
function recognise(exchange: Exchange, hash: string): void {
  const entry = exchange.live.snapshot.keys?.get(hash);
  if (entry === undefined) throw new GatewayError('invalid-credential');
  exchange.caller = entry;
}
