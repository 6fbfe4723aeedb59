/** A name that nothing in the file has: said with the nearest that there is. */
import type { ConfigPath, ConfigReport } from '../../src/core/config.ts';

/**
 * Reports `word` at its place unless something has that name.
 * @param kind what it should name: `backend`, `rule`
 * @param names those that there are; null = that cannot be told
 */
export function checkName(
  at: ConfigPath,
  kind: string,
  word: string,
  names: readonly string[] | null,
  report: ConfigReport,
): void {
  if (names === null || names.includes(word)) return;
  const near = report.nearest(word, names);
  const fix = near === null ? `use one of ${names.join(', ') || 'none: there is none'}` : `did you mean "${near}"?`;
  report.add({ at, code: `unknown-${kind}`, message: `there is no ${kind} "${word}"`, fix });
}
