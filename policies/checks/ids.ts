/** Ids in a list: each once, and none that has another meaning. */
import type { ConfigPath, ConfigReport } from '../../src/core/config.ts';

/** Checks ids that must differ. @param entries each id with its place */
export function checkIds(
  entries: readonly { readonly id: string; readonly at: ConfigPath }[],
  reserved: readonly string[],
  report: ConfigReport,
): void {
  const seen = new Set<string>();
  for (const { id, at } of entries) {
    if (seen.has(id)) {
      report.add({ at, code: 'duplicate-id', message: `"${id}" is used twice`, fix: 'give each a name of its own' });
    } else if (reserved.includes(id)) {
      report.add({
        at,
        code: 'reserved-id',
        message: `"${id}" is the name of a built-in filter`,
        fix: 'choose another name, so that traces can tell them apart',
      });
    }
    seen.add(id);
  }
}
