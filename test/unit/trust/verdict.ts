/** What the verifier says of a bundle, and bundles over statements that were changed before they were signed. */
import type { TrustAnchor } from '../../../src/trust/anchor.ts';
import { TrustError } from '../../../src/trust/trust-error.ts';
import { strictPolicy, verifyBundle, type VerifyPolicy } from '../../../src/trust/verify.ts';
import { makeKey } from '../../support/certificates.ts';
import { keyAnchor, makeBundle, makeStatement, rootOf, toBytes } from '../../support/signatures.ts';

/** The time of the tests. */
export const NOW = Date.UTC(2026, 10, 23);
/** Signs, and is trusted. */
export const key = makeKey();
/** The signed files. */
export const FILES = { 'a.txt': 'alpha', 'b/c.gguf': 'beta' };
/** Trust in the key. */
export const anchor = keyAnchor(key);

/** `verified`, or the rule that was broken. */
export async function verdictOf(
  bytes: Uint8Array,
  whom: TrustAnchor = anchor,
  policy: Partial<VerifyPolicy> = {},
): Promise<string> {
  try {
    await verifyBundle(bytes, whom, { ...strictPolicy(NOW), ...policy });
    return 'verified';
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    const { message, where, what, remedy, rule } = error;
    // Every refusal names its place, its fault and its remedy.
    return message === `${where}: ${what}; ${remedy}` && where !== '' && what !== '' ? rule : message;
  }
}

/** A statement that may say anything. */
export interface AnyStatement {
  _type: unknown;
  subject: unknown;
  predicateType: unknown;
  predicate?: unknown;
}
/** Its predicate. */
export interface AnyPredicate {
  serialization: Record<string, unknown>;
  resources: Record<string, unknown>[];
}

/** A bundle over a statement that was changed before it was signed. */
export async function signChanged(
  change: (statement: AnyStatement, predicate: AnyPredicate) => void,
): Promise<Uint8Array> {
  const statement = makeStatement(FILES) as unknown as AnyStatement & { predicate: AnyPredicate };
  change(statement, statement.predicate);
  return toBytes(await makeBundle({ key, payload: JSON.stringify(statement) }));
}

/** A bundle whose resources were changed, with the root that belongs to them. */
export async function signResources(change: (predicate: AnyPredicate) => void): Promise<Uint8Array> {
  return signChanged((statement, predicate) => {
    change(predicate);
    const root = rootOf(predicate.resources.map(({ digest }) => ({ digest: String(digest) })));
    statement.subject = [{ name: 'model', digest: { sha256: root } }];
  });
}
