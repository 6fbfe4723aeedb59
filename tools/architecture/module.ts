/** A TypeScript source as the rules see it: tree, comments, lines and resolved imports. */
import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { nameOf, walk, type SyntaxNode } from './syntax.ts';

/** One import, re-export or dynamic import of a module. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Path from the repository root for a relative specifier, else null. */
  readonly target: string | null;
  readonly typeOnly: boolean;
  /** The whole statement or expression as written. */
  readonly text: string;
}

/** A comment with its place; `text` is without the delimiters. */
export interface Comment {
  readonly block: boolean;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One parsed source. */
export interface Module {
  /** Path from the repository root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly tree: SyntaxNode;
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
  readonly lines: number;
  /** What the parser could not read; empty for a sound source. */
  readonly errors: readonly string[];
  /** The line, from 1, of an offset. */
  lineAt(offset: number): number;
}

/** Parses one source. Never throws: a broken source has `errors`. */
export function readModule(path: string, text: string): Module {
  const parsed = parseSync(path, text, { sourceType: 'module' });
  const starts = [0];
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
  const tree: SyntaxNode = { ...parsed.program };
  return {
    path,
    text,
    tree,
    comments: parsed.comments.map((c) => ({ block: c.type === 'Block', text: c.value, start: c.start, end: c.end })),
    imports: readImports(path, text, tree, lineAt),
    lines: text.endsWith('\n') ? starts.length - 1 : starts.length,
    errors: parsed.errors.map((error) => error.message),
    lineAt,
  };
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function readImports(path: string, text: string, tree: SyntaxNode, lineAt: (offset: number) => number): Import[] {
  const imports: Import[] = [];
  walk(tree, ({ node }) => {
    if (!IMPORTING.has(node.type)) return;
    const specifier = nameOf(node['source']);
    if (specifier === null) return;
    imports.push({
      specifier,
      line: lineAt(node.start),
      target: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null,
      typeOnly: node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type',
      text: text.slice(node.start, node.end),
    });
  });
  return imports;
}
