/** The one error of trust: the rule that was broken, where, and how to mend it. */
import { CryptoError } from '../crypto/crypto-error.ts';
import { TRUST_RULES, type RuleKind, type TrustRule } from './rules.ts';

/** A model, a bundle or a trust root that is refused. `message` says place, fault and remedy. */
export class TrustError extends Error {
  readonly rule: TrustRule;
  /** A file, or a field of the bundle in dots. */
  readonly where: string;
  /** The message without place and remedy. */
  readonly what: string;

  constructor(rule: TrustRule, where: string, what: string) {
    super(`${where}: ${what}; ${TRUST_RULES[rule].remedy}`);
    this.name = 'TrustError';
    this.rule = rule;
    this.where = where;
    this.what = what;
  }

  /** What the breach means for the outcome. */
  get kind(): RuleKind {
    return TRUST_RULES[this.rule].kind;
  }

  /** How to mend it. */
  get remedy(): string {
    return TRUST_RULES[this.rule].remedy;
  }
}

/** Runs it; a CryptoError becomes the rule of the same name, at that place. */
export async function atPlace<T>(where: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toTrustError(error, where);
  }
}

/** A CryptoError as the rule of the same name; anything else as it is. */
export function toTrustError(error: unknown, where: string): unknown {
  return error instanceof CryptoError ? new TrustError(error.code, where, error.message) : error;
}
