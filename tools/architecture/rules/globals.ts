/** Time, chance, network and process come as arguments, not from the air. */
import { isHouse, isListed, isUnder, PORT_FOLDERS, PORTS } from '../floors.ts';
import type { Module } from '../module.ts';
import type { Rule } from '../rule.ts';
import { isNode, nameOf, walk, type SyntaxNode, type Visit } from '../syntax.ts';

const GLOBALS = new Set(['fetch', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'Buffer']);
const MEMBERS = new Set(['Date.now', 'Math.random', 'crypto.randomUUID', 'crypto.getRandomValues']);
const HOLDERS = new Set(['globalThis', 'self', 'window', 'global']);

/** No clock, dice, timer, network or process outside the implementations of ports. */
export const globalRule: Rule = {
  id: 'global',
  why: 'a decision that reads the clock cannot be replayed',
  check({ modules }, report) {
    for (const module of modules.values()) {
      if (!isHouse(module.path) || isPort(module.path)) continue;
      for (const { node, text } of ambientUses(module)) {
        report(module.path, module.lineAt(node.start), `${text} belongs in a port (Clock, Random, Transport)`);
      }
    }
  },
};

function isPort(path: string): boolean {
  return isListed(path, PORTS) || PORT_FOLDERS.some((folder) => isUnder(path, folder));
}

function ambientUses(module: Module): { node: SyntaxNode; text: string }[] {
  const declared = declaredNames(module);
  const found: { node: SyntaxNode; text: string }[] = [];
  walk(module.tree, (step) => {
    const text = memberUse(step.node, declared) ?? dateUse(step.node, declared) ?? nameUse(step, declared);
    if (text !== null) found.push({ node: step.node, text });
  });
  return found;
}

function memberUse(node: SyntaxNode, declared: ReadonlySet<string>): string | null {
  if (node.type !== 'MemberExpression') return null;
  const holder = memberText(node['object']);
  const member = nameOf(node['property']);
  if (holder === null || member === null) return null;
  const owner = holder.replace(/^(globalThis|self|window|global)\./, '');
  if (declared.has(holder.split('.')[0] ?? '')) return null;
  if (MEMBERS.has(`${owner}.${member}`)) return `${owner}.${member}`;
  return HOLDERS.has(holder) && GLOBALS.has(member) ? `${holder}.${member}` : null;
}

function memberText(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Identifier') return nameOf(node);
  if (node.type !== 'MemberExpression') return null;
  const holder = memberText(node['object']);
  return holder === null ? null : `${holder}.${nameOf(node['property'])}`;
}

/** `new Date()` and `Date()` read the clock; with arguments they only convert. */
function dateUse(node: SyntaxNode, declared: ReadonlySet<string>): string | null {
  if ((node.type !== 'NewExpression' && node.type !== 'CallExpression') || declared.has('Date')) return null;
  const empty = Array.isArray(node['arguments']) && node['arguments'].length === 0;
  return empty && isNode(node['callee']) && node['callee'].type === 'Identifier' && nameOf(node['callee']) === 'Date'
    ? 'Date()'
    : null;
}

function nameUse({ node, field, above }: Visit, declared: ReadonlySet<string>): string | null {
  const name = node.type === 'Identifier' ? nameOf(node) : null;
  if (name === null || !GLOBALS.has(name) || declared.has(name)) return null;
  const parent = above.at(-1);
  const isLabel = (field === 'property' || field === 'key') && parent?.['computed'] !== true && !parent?.['shorthand'];
  return isLabel || parent?.type.startsWith('TS') ? null : name;
}

/** Every name that the module binds itself: imports, parameters, variables, functions. */
function declaredNames(module: Module): Set<string> {
  const names = new Set<string>();
  const bind = (pattern: unknown): void => {
    if (isNode(pattern)) walk(pattern, ({ node, field }) => field !== 'key' && addName(node));
  };
  const addName = (node: SyntaxNode): void => {
    if (node.type === 'Identifier' && typeof node['name'] === 'string') names.add(node['name']);
  };
  walk(module.tree, ({ node }) => {
    if (node.type.startsWith('Import') && node['local']) bind(node['local']);
    if (node.type === 'VariableDeclarator') bind(node['id']);
    if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') bind(node['id']);
    for (const parameter of Array.isArray(node['params']) ? node['params'] : []) bindParameter(parameter, addName);
  });
  return names;
}

/** The names of a parameter without the expressions of its default values. */
function bindParameter(parameter: unknown, addName: (node: SyntaxNode) => void): void {
  if (!isNode(parameter)) return;
  walk(parameter, ({ node, above, field }) => {
    const isDefault = field === 'right' || above.some((outer) => outer.type.startsWith('TSType'));
    if (!isDefault && field !== 'key') addName(node);
  });
}
