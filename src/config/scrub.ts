/** Keeps what came out of an expansion from being echoed: messages name the source, `${VAR}`, instead. */
import type { ConfigFinding } from '../core/config.ts';
import type { Expanded } from './tree.ts';

const SHORT = 8;

/** The finding with every expanded value replaced by how it is written in the file. */
export function scrubFinding(finding: ConfigFinding, expanded: readonly Expanded[]): ConfigFinding {
  if (expanded.length === 0) return finding;
  const ordered = expanded.filter(({ value }) => value !== '').sort((a, b) => b.value.length - a.value.length);
  const scrub = (text: string): string => ordered.reduce(scrubOne, text);
  // An offset into an expanded text points nowhere in the file.
  const wasExpanded = expanded.some(({ at }) => at.join('\n') === finding.at.join('\n'));
  const { offset, fix, ...rest } = finding;
  return {
    ...rest,
    message: scrub(finding.message),
    ...(fix === undefined ? {} : { fix: scrub(fix) }),
    ...(offset === undefined || wasExpanded ? {} : { offset }),
  };
}

/** Short values would eat into our own words: they are replaced only where they stand in quotes. */
function scrubOne(text: string, { value, source }: Expanded): string {
  if (value.length < SHORT) return text.replaceAll(`"${value}"`, `"${source}"`);
  return text.replaceAll(value, source).replaceAll(JSON.stringify(value).slice(1, -1), source);
}
