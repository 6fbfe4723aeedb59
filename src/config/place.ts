/** Findings with their place: line, column, and the line itself with its secrets hidden. */
import type { ConfigFinding } from '../core/config.ts';
import { formatPath, type PathPattern } from './path.ts';
import type { Span, YamlText } from './yaml.ts';

/** The line a finding points at. */
export interface Excerpt {
  /** The line, cropped where it is long, secrets overwritten with `*`. */
  readonly text: string;
  /** Where the caret begins in `text`, and its length (at least 1). */
  readonly from: number;
  readonly length: number;
}

/** A finding as it is shown. */
export interface PlacedFinding {
  readonly level: 'error' | 'warning';
  /** Stable kebab-case code. */
  readonly code: string;
  /** Name of the source, for example a file path. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** Place in the document, `backends.r1.url`; empty at the top. */
  readonly path: string;
  readonly message: string;
  /** null = there is nothing more to say. */
  readonly fix: string | null;
  /** null = the source has no text. */
  readonly excerpt: Excerpt | null;
}

const WIDTH = 120;
const LEAD = 40;

/** What the excerpts must not show. */
export interface Hidden {
  /** Where secrets are written out. */
  readonly literals: readonly Span[];
  /** Patterns whose last names are hidden wherever they stand, for files whose values may be in the wrong place. */
  readonly fields: readonly PathPattern[];
}

/** Puts findings into one source. */
export class Placer {
  readonly #file: string;
  readonly #yaml: YamlText;
  readonly #masked: string;

  constructor(file: string, yaml: YamlText, { literals, fields }: Hidden) {
    this.#file = file;
    this.#yaml = yaml;
    this.#masked = hideUserInfo(hideFields(hideSpans(yaml.text, literals), fields));
  }

  /** The finding at a span of the text. */
  place(finding: Omit<ConfigFinding, 'at'> & { readonly at?: ConfigFinding['at'] }, span: Span): PlacedFinding {
    const { line, col } = this.#yaml.lines.linePos(span.start);
    return {
      level: finding.level ?? 'error',
      code: finding.code,
      file: this.#file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: formatPath(finding.at ?? []),
      message: finding.message,
      fix: finding.fix ?? null,
      excerpt: this.#excerpt(span),
    };
  }

  #excerpt({ start, end }: Span): Excerpt | null {
    const text = this.#masked;
    if (text === '') return null;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const newline = text.indexOf('\n', lineStart);
    const line = text.slice(lineStart, newline < 0 ? text.length : newline).replace(/\r$/, '');
    const column = Math.min(start - lineStart, line.length);
    return crop(line, column, Math.min(end - start, line.length - column));
  }
}

/** At most WIDTH characters of a line with the caret among them; `…` where something was left out. */
function crop(line: string, column: number, length: number): Excerpt {
  const from = line.length <= WIDTH ? 0 : Math.max(0, Math.min(column - LEAD, line.length - WIDTH));
  const head = from > 0 ? '…' : '';
  const shown = line.slice(from + head.length, from + WIDTH);
  const text = head + (from + WIDTH < line.length ? `${shown.slice(0, -1)}…` : shown);
  return { text, from: column - from, length: Math.max(1, Math.min(length, text.length - (column - from))) };
}

/** Overwrites literal secrets with as many `*`, by the positions that parsing found. */
function hideSpans(text: string, literals: readonly Span[]): string {
  let masked = text;
  for (const { start, end } of literals) {
    masked = masked.slice(0, start) + text.slice(start, end).replace(/\S/g, '*') + masked.slice(end);
  }
  return masked;
}

/** User and password of URLs, wherever they stand. */
function hideUserInfo(text: string): string {
  return text.replace(
    /(:\/\/)([^\s/@"']+)(?=@)/g,
    (_, before: string, user: string) => before + '*'.repeat(user.length),
  );
}

/** Overwrites whatever stands after the name of a secret field. */
function hideFields(text: string, secrets: readonly PathPattern[]): string {
  const names = new Set(secrets.map((pattern) => pattern.at(-1) ?? '').filter((name) => /^\w+$/.test(name)));
  if (names.size === 0) return text;
  const field = new RegExp(
    `((?<![\\w-])["']?(?:${[...names].join('|')})["']?[ \\t]*:[ \\t]*(?:&\\S+[ \\t]+)?(?:[|>][^\\n]*)?(?:\\r?\\n[ \\t]+)?)([^\\n]*)`,
    'g',
  );
  return text.replace(field, (_, before: string, rest: string) => before + hideValue(rest));
}

/** Hides the value at the head of a line's rest, unless it is an expansion without a default. */
function hideValue(rest: string): string {
  const value = /^(?:"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s{[,}\]][^,}\]\r]*)/.exec(rest)?.[0] ?? '';
  if (/^["']?\$\{(?:file:[^}]*|[^}:]*)$/.test(value) || /^["']\$\{(?:file:[^}]*|[^}:]*)\}["']$/.test(value))
    return rest;
  return value.replace(/\S/g, '*') + rest.slice(value.length);
}

/** Findings by their place, each once: an alias can lead to the same place twice. */
export function inOrder(findings: readonly PlacedFinding[]): PlacedFinding[] {
  const seen = new Set<string>();
  return [...findings]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .filter(({ line, column, code, message }) => {
      const id = `${line}:${column}:${code}:${message}`;
      return !seen.has(id) && seen.add(id);
    });
}
