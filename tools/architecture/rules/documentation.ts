/** Files open with one sentence and exports say what they are. */
import { isHouse } from '../floors.ts';
import type { Comment, Module } from '../module.ts';
import type { Rule } from '../rule.ts';
import { isNode, nameOf, type SyntaxNode } from '../syntax.ts';

/** Every file begins with a doc comment of exactly one sentence. */
export const openingRule: Rule = {
  id: 'opening',
  why: 'a reader learns from the first line what lives here',
  check({ modules }, report) {
    for (const module of modules.values()) {
      const opening = openingOf(module);
      if (opening === null) report(module.path, 1, 'does not open with a /** sentence */');
      else if (!isOneSentence(sentenceOf(opening))) report(module.path, 1, 'the opening comment is not one sentence');
    }
  },
};

/** Every export of the house and its tools has a doc comment of its own. */
export const documentedRule: Rule = {
  id: 'documented',
  why: 'names alone do not say units, shapes and errors',
  check({ modules }, report) {
    for (const module of modules.values()) {
      for (const { name, line, documented } of exportsOf(module)) {
        if (!documented) report(module.path, line, `export ${name} has no doc comment`);
      }
    }
  },
};

/** One exported declaration. */
export interface Export {
  readonly name: string;
  readonly line: number;
  readonly documented: boolean;
}

/** True for modules whose exports must be documented: all but the tests. */
export function isPublic(path: string): boolean {
  return isHouse(path) || path.startsWith('tools/');
}

/** The exported declarations of a module; names that are passed on from another module are that one's. */
export function exportsOf(module: Module): Export[] {
  if (!isPublic(module.path)) return [];
  const body = Array.isArray(module.tree['body']) ? module.tree['body'].filter(isNode) : [];
  const local = new Map(body.flatMap((node) => declaredBy(node).map((name) => [name, node] as const)));
  const found = new Map<string, Export>();
  const add = (name: string, node: SyntaxNode): void => {
    const documented = docBefore(module, node.start) || found.get(name)?.documented === true;
    found.set(name, { name, line: module.lineAt(node.start), documented });
  };
  for (const node of body) {
    if (node.type === 'ExportDefaultDeclaration') add('default', node);
    if (node.type !== 'ExportNamedDeclaration' || nameOf(node['source']) !== null) continue;
    for (const name of declaredBy(node)) add(name, node);
    for (const specifier of Array.isArray(node['specifiers']) ? node['specifiers'].filter(isNode) : []) {
      const name = nameOf(specifier['local']) ?? '';
      const declaration = local.get(name);
      if (declaration) add(name, declaration);
    }
  }
  return [...found.values()];
}

/** The names that a statement declares at the top of a module. */
function declaredBy(node: SyntaxNode): string[] {
  const declaration = isNode(node['declaration']) ? node['declaration'] : node;
  if (declaration.type !== 'VariableDeclaration') return [nameOf(declaration['id'])].filter((name) => name !== null);
  const declarators = Array.isArray(declaration['declarations']) ? declaration['declarations'].filter(isNode) : [];
  return declarators.map((declarator) => nameOf(declarator['id']) ?? 'a pattern');
}

/** True when a doc comment that is not the file's opening ends right before `offset`. */
function docBefore(module: Module, offset: number): boolean {
  const opening = openingOf(module);
  return module.comments.some(
    (comment) =>
      comment !== opening &&
      isDoc(comment) &&
      comment.end <= offset &&
      module.text.slice(comment.end, offset).trim() === '',
  );
}

function openingOf(module: Module): Comment | null {
  const [first] = module.comments;
  if (first === undefined || !isDoc(first)) return null;
  return module.text.slice(0, first.start).replace(/^#!.*/, '').trim() === '' ? first : null;
}

function isDoc(comment: Comment): boolean {
  return comment.block && comment.text.startsWith('*') && sentenceOf(comment) !== '';
}

function sentenceOf(comment: Comment): string {
  return comment.text
    .replace(/^\*/, '')
    .replaceAll(/^\s*\*/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** One sentence: ends with a full stop or a question mark, and no earlier one is followed by a capital. */
function isOneSentence(text: string): boolean {
  return /[.?]$/.test(text) && !/[.!?]\s+[A-Z]/.test(text);
}
