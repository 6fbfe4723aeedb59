/** A name that nothing in the file has: said with the nearest that there is. */
import type { ConfigPath, ConfigReport } from '../../src/core/config.ts';

/** Reports `word` at its place. @param kind what it should name: `backend`, `rule` */
export function reportUnknown(
  at: ConfigPath,
  kind: string,
  word: string,
  names: readonly string[],
  report: ConfigReport,
): void {
  const near = report.nearest(word, names);
  const fix = near === null ? `use one of ${names.join(', ') || 'none: there is none'}` : `did you mean "${near}"?`;
  report.add({ at, code: `unknown-${kind}`, message: `there is no ${kind} "${word}"`, fix });
}
