/** Findings as people read them, with the line and a caret, and as machines do. */
import type { JsonObject } from '../core/json.ts';
import type { Excerpt, PlacedFinding } from './place.ts';

/** How findings are printed. */
export interface FormatOptions {
  /** Use ANSI colours. */
  readonly color: boolean;
}

const RESET = '\u001b[0m';
const PAINT = { error: '\u001b[31m', warning: '\u001b[33m', bold: '\u001b[1m', dim: '\u001b[2m' };

/**
 * All findings as text: place, level, message and code on one line, then the source line with a caret, then how to mend it; an
 * empty line between two findings, and a line break at the end.
 */
export function formatFindings(findings: readonly PlacedFinding[], { color }: FormatOptions): string {
  const paint = (how: keyof typeof PAINT, text: string) => (color ? PAINT[how] + text + RESET : text);
  return findings
    .map(({ file, line, column, level, path, message, code, fix, excerpt }) => {
      const place = paint('bold', `${file}:${line}:${column}`);
      const where = path === '' ? '' : ` at ${path}`;
      const head = `${place} ${paint(level, level)} ${message}${where} ${paint('dim', `[${code}]`)}\n`;
      const frame = excerpt === null ? '' : formatExcerpt(excerpt, line, (caret) => paint(level, caret));
      return head + frame + (fix === null ? '' : `  fix: ${fix}\n`);
    })
    .join('\n');
}

/** The findings for `--json`: the fields of PlacedFinding without the excerpt. */
export function findingsToJson(findings: readonly PlacedFinding[]): JsonObject[] {
  return findings.map(({ excerpt: _, ...fields }) => ({ ...fields }));
}

function formatExcerpt({ text, from, length }: Excerpt, line: number, paint: (caret: string) => string): string {
  const gutter = ' '.repeat(String(line).length);
  const pad = text.slice(0, from).replace(/[^\t]/g, ' ');
  return `${gutter} |\n${line} | ${text}\n${gutter} | ${pad}${paint('^'.repeat(length))}\n`;
}
