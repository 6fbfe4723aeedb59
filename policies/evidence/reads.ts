/** Which parts of a request the conditions of a policy look at, beyond those that every record names. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { isHeaders } from '../closures.ts';
import { childrenOf } from '../expressions.ts';

/** What a record must carry so that a decision can be made again from it. */
export interface FactReads {
  /** Lower-case names; null = any header may be looked at, or one that no record may carry. */
  readonly headers: readonly string[] | null;
  readonly user: boolean;
}

/** Headers whose values are never recorded, whatever a policy asks. */
const SECRET_HEADERS = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
]);

/** Over all conditions of a policy. */
export function readsOf(trees: readonly ASTNode[]): FactReads {
  const names = new Set<string>();
  const isBounded = trees.every((tree) => collect(tree, names));
  const isSecret = [...names].some((name) => SECRET_HEADERS.has(name));
  return {
    headers: isBounded && !isSecret ? [...names].sort() : null,
    user: trees.some((tree) => readsUser(tree)),
  };
}

/** Gathers the names; false where headers are looked at otherwise than by a name that is written out. */
function collect(node: ASTNode, names: Set<string>): boolean {
  if (node.op === '[]' && isHeaders(node.args[0])) return addName(node.args[1], names);
  if (node.op === 'in' && isHeaders(node.args[1])) return addName(node.args[0], names);
  if (isHeaders(node)) return false;
  return childrenOf(node).every((child) => collect(child, names));
}

function addName(node: ASTNode, names: Set<string>): boolean {
  if (node.op !== 'value' || typeof node.args !== 'string') return false;
  names.add(node.args);
  return true;
}

function readsUser(node: ASTNode): boolean {
  const isUser =
    node.op === '.' && node.args[0].op === 'id' && node.args[0].args === 'request' && node.args[1] === 'user';
  return isUser || childrenOf(node).some(readsUser);
}
