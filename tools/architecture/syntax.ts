/** Walking a syntax tree of oxc with the way back up at hand. */
import { visitorKeys } from 'oxc-parser';

/** Any node of the tree; children are reached by name and narrowed by the caller. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A node with the name of the field that holds it and the nodes above it, nearest last. */
export interface Visit {
  readonly node: SyntaxNode;
  readonly field: string;
  readonly above: readonly SyntaxNode[];
}

/** True for a value that is a syntax node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Calls `visit` for every node, parents first. */
export function walk(root: SyntaxNode, visit: (step: Visit) => void): void {
  const above: SyntaxNode[] = [];
  const descend = (node: SyntaxNode, field: string): void => {
    visit({ node, field, above });
    above.push(node);
    for (const key of visitorKeys[node.type] ?? []) {
      const child = node[key];
      for (const item of Array.isArray(child) ? child : [child]) if (isNode(item)) descend(item, key);
    }
    above.pop();
  };
  descend(root, '');
}

/** The name of an identifier or the text of a string literal; null for anything else. */
export function nameOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (typeof node['name'] === 'string') return node['name'];
  return typeof node['value'] === 'string' ? node['value'] : null;
}
