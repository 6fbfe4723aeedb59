/** How findings are shown to whoever started the command. */
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
export function refuseFindings(terminal: Terminal, findings: readonly PlacedFinding[], json: boolean): void {
  if (json) return printJson(terminal, { ok: false, findings: findingsToJson(findings) });
  sayFindings(terminal, findings);
  say(terminal, `thalweg: ${countFindings(findings)}, the configuration is refused; mending them may show more.\n`);
}
