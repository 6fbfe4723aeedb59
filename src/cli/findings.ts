/** How findings are shown to whoever started the command. */
import { describeSkipped, type ConfigError } from '../config/config-error.ts';
import { findingsToJson, formatFindings } from '../config/format.ts';
import type { PlacedFinding } from '../config/place.ts';
import { count, printJson, say, showsColor, type Terminal } from './terminal.ts';

/** `2 errors`, `1 error, 3 warnings`. */
export function countFindings(findings: readonly PlacedFinding[]): string {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.length - errors;
  return [...(errors > 0 ? [count(errors, 'error')] : []), ...(warnings > 0 ? [count(warnings, 'warning')] : [])].join(
    ', ',
  );
}

/** Says findings; nothing where there are none. */
export function sayFindings(terminal: Terminal, findings: readonly PlacedFinding[]): void {
  if (findings.length > 0) say(terminal, `${formatFindings(findings, { color: showsColor(terminal.stderr) })}\n`);
}

/** Says why a configuration is refused, or prints it for programs. */
export function sayRefusal(terminal: Terminal, { findings, skipped }: ConfigError, json: boolean): void {
  if (json) return printJson(terminal, { ok: false, findings: findingsToJson(findings), skipped: { ...skipped } });
  sayFindings(terminal, findings);
  const more = describeSkipped(skipped);
  const rest = more === null ? '' : `; ${more}`;
  say(terminal, `thalweg: ${countFindings(findings)}, the configuration is refused${rest}.\n`);
}
