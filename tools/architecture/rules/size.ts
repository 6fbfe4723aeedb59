/** Budgets for the length of files and functions. */
import { isHouse } from '../floors.ts';
import type { Module } from '../module.ts';
import type { House, Rule } from '../rule.ts';
import { isNode, nameOf, walk, type SyntaxNode } from '../syntax.ts';

/** The budgets in lines. */
export const BUDGET = { fileMedian: 120, file: 400, functionP90: 40, function: 80 } as const;

/** Sorted lengths with the figures that are reported. */
export interface Sizes {
  readonly count: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/** A function with a block body. */
export interface FunctionSize {
  readonly path: string;
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** No file is long, and half of the house's files are short. */
export const fileSizeRule: Rule = {
  id: 'file-size',
  why: 'a file is one thought',
  check(house, report) {
    for (const { path, lines } of house.modules.values()) {
      if (lines > BUDGET.file) report(path, 0, `has ${lines} lines, the limit is ${BUDGET.file}`);
    }
    const { median } = summarize(fileSizes(house));
    if (median > BUDGET.fileMedian)
      report('the house', 0, `file median is ${median}, the budget is ${BUDGET.fileMedian}`);
  },
};

/** No function is long, and nine of ten are short. */
export const functionSizeRule: Rule = {
  id: 'function-size',
  why: 'a function fits on a screen',
  check(house, report) {
    const all = functionSizes(house);
    for (const { path, name, line, lines } of all) {
      if (lines > BUDGET.function) report(path, line, `${name} has ${lines} lines, the limit is ${BUDGET.function}`);
    }
    const { p90 } = summarize(all.map(({ lines }) => lines));
    if (p90 > BUDGET.functionP90) report('the house', 0, `function p90 is ${p90}, the budget is ${BUDGET.functionP90}`);
  },
};

/** Lines of every file of the house. */
export function fileSizes({ modules }: House): number[] {
  return [...modules.values()].filter(({ path }) => isHouse(path)).map(({ lines }) => lines);
}

/** Every function with a block body in the house and its tools; the callbacks of tests are not functions in this sense. */
export function functionSizes({ modules }: House): FunctionSize[] {
  return [...modules.values()]
    .filter(({ path }) => isHouse(path) || path.startsWith('tools/'))
    .flatMap((module) => functionsOf(module));
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function functionsOf(module: Module): FunctionSize[] {
  const found: FunctionSize[] = [];
  walk(module.tree, ({ node, above }) => {
    const body = node['body'];
    if (!FUNCTIONS.has(node.type) || !isNode(body) || !/(Block|Function)/.test(body.type)) return;
    const line = module.lineAt(node.start);
    found.push({
      path: module.path,
      name: functionName(node, above.at(-1)),
      line,
      lines: module.lineAt(node.end - 1) - line + 1,
    });
  });
  return found;
}

function functionName(node: SyntaxNode, parent: SyntaxNode | undefined): string {
  return nameOf(node['id']) ?? nameOf(parent?.['key']) ?? nameOf(parent?.['id']) ?? 'a function';
}

/** Median, p90 (nearest rank) and maximum; zeros for an empty list. */
export function summarize(lengths: readonly number[]): Sizes {
  const sorted = lengths.toSorted((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, median: rank(0.5), p90: rank(0.9), max: rank(1) };
}
