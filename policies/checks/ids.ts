/** Ids in a list: each once, and none that has another meaning. */
import type { ConfigReport } from '../../src/core/config.ts';

/** Checks the ids of one section. */
export function checkIds(
  section: string,
  entries: readonly { readonly id: string }[],
  reserved: readonly string[],
  report: ConfigReport,
): void {
  const seen = new Set<string>();
  for (const [i, { id }] of entries.entries()) {
    const at = [section, i, 'id'];
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
