/** What changed between two validated configurations, for the log of a reload. */
import type { WholeConfig } from '../core/config.ts';
import { canonicalJson } from './canonical.ts';
import { formatPath, type PathPattern } from './path.ts';
import { redactSecrets } from './secret.ts';

const SHOWN = 80;

/**
 * One line per difference, in the order of the paths: `backends.r1.url: "http://a" -> "http://b"`, `keys.app: added`. Literal
 * secrets are never shown: where nothing else changed, the line says `changed`.
 */
export function diffConfigs(before: WholeConfig, after: WholeConfig, secrets: readonly PathPattern[]): string[] {
  const lines: string[] = [];
  compare([], before, after, redactSecrets(before, secrets), redactSecrets(after, secrets), lines);
  return lines;
}

/** Compares the real values and prints the redacted ones. */
function compare(
  path: readonly string[],
  before: unknown,
  after: unknown,
  shownBefore: unknown,
  shownAfter: unknown,
  lines: string[],
): void {
  if (canonicalJson(before) === canonicalJson(after)) return;
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)];
  if (old === null || fresh === null) {
    lines.push(describe(path, before, after, shownBefore, shownAfter));
    return;
  }
  const [shownOld, shownFresh] = [fieldsOf(shownBefore), fieldsOf(shownAfter)];
  for (const key of [...new Set([...old.keys(), ...fresh.keys()])].sort()) {
    compare([...path, key], old.get(key), fresh.get(key), shownOld?.get(key), shownFresh?.get(key), lines);
  }
  const order = [...old.keys()].filter((key) => fresh.has(key));
  const orderNow = [...fresh.keys()].filter((key) => old.has(key));
  if (Array.isArray(before) && order.join('\n') !== orderNow.join('\n')) {
    lines.push(`${formatPath(path)}: reordered`);
  }
}

function describe(path: readonly string[], before: unknown, after: unknown, old: unknown, fresh: unknown): string {
  const where = formatPath(path);
  if (before === undefined || before === null) return `${where}: added`;
  if (after === undefined || after === null) return `${where}: removed`;
  const [from, to] = [shorten(old), shorten(fresh)];
  return from === to ? `${where}: changed` : `${where}: ${from} -> ${to}`;
}

/** A map's fields, or a list's entries by their `id` or `name`; null for everything else. */
function fieldsOf(value: unknown): Map<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value).filter(([, field]) => field !== undefined));
  const named = new Map<string, unknown>();
  for (const entry of value) {
    const name = typeof entry === 'object' && entry !== null ? (entry.id ?? entry.name) : undefined;
    if (typeof name !== 'string' || named.has(name)) return null;
    named.set(name, entry);
  }
  return named;
}

function shorten(value: unknown): string {
  const text = canonicalJson(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;
}
