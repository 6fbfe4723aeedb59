/** A configuration that cannot be used, as an exception. */
import { formatFindings } from './format.ts';
import type { PlacedFinding } from './place.ts';

/** What would say nothing, or something wrong, of a configuration with these errors in it, and was left. */
export interface Skipped {
  /** How many tests of the file were not run. */
  readonly tests: number;
  /** True where its policy was not linted. */
  readonly lints: boolean;
  /** True where nothing but the errors could be made out. */
  readonly checks: boolean;
}

/** Carries every finding; the message shows them all, with places and how to mend them, and never a secret. */
export class ConfigError extends Error {
  readonly findings: readonly PlacedFinding[];
  readonly skipped: Skipped;

  constructor(findings: readonly PlacedFinding[], skipped: Skipped) {
    const more = describeSkipped(skipped);
    const text = formatFindings(findings, { color: false });
    super(`The configuration cannot be used.\n\n${text}${more === null ? '' : `\n${more}\n`}`);
    this.name = 'ConfigError';
    this.findings = findings;
    this.skipped = skipped;
  }
}

/** `3 tests were not run and the policy was not linted: mend the errors above first`; null where nothing was left. */
export function describeSkipped({ tests, lints, checks }: Skipped): string | null {
  if (checks) return 'nothing else could be looked at: mend the errors above first';
  const parts = [
    ...(tests > 0 ? [tests === 1 ? '1 test was not run' : `${tests} tests were not run`] : []),
    ...(lints ? ['the policy was not linted'] : []),
  ];
  return parts.length === 0 ? null : `${parts.join(' and ')}: mend the errors above first`;
}
