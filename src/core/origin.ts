/** Where sealed reasoning was made, as one word: who takes it back, and who takes it best. */
import type { Dialect } from './protocol.ts';

/** The word for a backend: vendor, account and backend. `account` is what stands for address and key, never the key. */
export function originWord(provider: string, account: string, backend: string): string {
  return `${provider}/${account}/${backend}`;
}

/**
 * True when a backend takes reasoning back that was sealed at `origin`; what was sealed nobody knows where is left to the vendor, who
 * refuses what is not its own.
 */
export function takesSeal(to: Dialect, origin: string | undefined): boolean {
  return origin === undefined || to.origin === undefined || kinship(to, origin) > 0;
}

/**
 * How near a backend is to where reasoning was sealed: 3 the backend itself, 2 the same account, 1 the same vendor where that is
 * enough, 0 a stranger, who will not take it back.
 */
export function kinship({ origin: own, reasoning }: Dialect, origin: string): 0 | 1 | 2 | 3 {
  if (own === undefined) return 0;
  if (own === origin) return 3;
  const [vendor, account] = own.split('/');
  if (origin.startsWith(`${vendor}/${account}/`)) return 2;
  return reasoning.seal === 'vendor' && origin.startsWith(`${vendor}/`) ? 1 : 0;
}
