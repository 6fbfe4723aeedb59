/** How conditions speak of `data.*`: whether they do, which classes they name, and whether a higher class can make one false. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { DATA_CLASSES, dataClassOf, type DataClass } from '../src/core/data-class.ts';
import { isData } from './closures.ts';
import { childrenOf } from './expressions.ts';

/** True when the condition reads class or labels. */
export function readsData(node: ASTNode): boolean {
  return (node.op === 'id' && node.args === 'data') || childrenOf(node).some(readsData);
}

/** The classes that a condition names. */
export function classesIn(node: ASTNode): readonly DataClass[] {
  const own = node.op === 'id' && DATA_CLASSES.some((name) => name === node.args) ? dataClassOf(node.args) : null;
  return [...(own === null ? [] : [own]), ...childrenOf(node).flatMap(classesIn)];
}

/**
 * The first part of a condition that may hold for a class or a set of labels and no longer for a higher class or more labels;
 * null when there is none. Such a condition would loosen a constraint as the data gets more sensitive.
 */
export function looseningPart(node: ASTNode): ASTNode | null {
  if (!readsData(node)) return null;
  switch (node.op) {
    case '&&':
    case '||':
      return looseningPart(node.args[0]) ?? looseningPart(node.args[1]);
    case '>':
    case '>=':
      return isData(node.args[0], 'class') && !readsData(node.args[1]) ? null : node;
    case '<':
    case '<=':
      return isData(node.args[1], 'class') && !readsData(node.args[0]) ? null : node;
    case 'in':
      return isData(node.args[1], 'labels') && !readsData(node.args[0]) ? null : node;
    default:
      return node;
  }
}
