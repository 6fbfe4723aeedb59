/** A configuration that cannot be used, as an exception. */
import { formatFindings } from './format.ts';
import type { PlacedFinding } from './place.ts';

/** Carries every finding; the message shows them all, with places and how to mend them, and never a secret. */
export class ConfigError extends Error {
  readonly findings: readonly PlacedFinding[];

  constructor(findings: readonly PlacedFinding[]) {
    super(`The configuration cannot be used.\n\n${formatFindings(findings, { color: false })}`);
    this.name = 'ConfigError';
    this.findings = findings;
  }
}
