/** The finitely many kinds of request that a policy can tell apart, and what a condition says of all requests of one kind. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { CapabilityName } from '../../src/core/backend.ts';
import type { WholeConfig } from '../../src/core/config.ts';
import { DATA_CLASSES, dataClassOf, type DataClass } from '../../src/core/data-class.ts';
import { isData } from '../closures.ts';
import { childrenOf } from '../expressions.ts';
import { CAPABILITY_NAMES } from '../filters/capability.ts';

/** Who may ask, as far as policies tell callers apart. */
export interface CallerCase {
  readonly key: string | null;
  readonly tenant: string | null;
}

/** One kind of request: what is fixed. Everything else may be anything. */
export interface Case extends CallerCase {
  readonly class: DataClass;
  readonly labels: readonly string[];
  /** Of the capabilities that conditions name, those that are needed. */
  readonly needs: readonly CapabilityName[];
  /** null = any name. */
  readonly model: string | null;
}

/** More kinds than this are not looked at: sets of labels and needs are then taken one by one, and callers up to a number. */
const MOST_CASES = 4096;
const MOST_CALLERS = 16;
const MOST_SUBSETS = 64;

/** True where a condition asks for the model by name. */
export function namesModel(trees: readonly ASTNode[]): boolean {
  return trees.some((tree) => mentions(tree, (node) => isField(node, 'request', 'model')));
}

/** Every kind of request, least class and fewest labels first, as far as `trees` tell them apart. */
export function casesOf(whole: WholeConfig, trees: readonly ASTNode[]): readonly Omit<Case, 'model'>[] {
  const least = dataClassOf(whole.defaults.class) ?? 0;
  const classes = ([0, 1, 2, 3] as const).filter((rank) => rank >= least);
  const callers = callersOf(whole, trees);
  const labels = subsetsOf(namesBefore(trees, isLabels), MOST_SUBSETS);
  const named = namesBefore(trees, isNeeds);
  const room = MOST_CASES / (classes.length * callers.length * labels.length);
  const needs = subsetsOf(
    CAPABILITY_NAMES.filter((name) => named.includes(name)),
    Math.max(1, Math.min(MOST_SUBSETS, room)),
  );
  return classes.flatMap((rank) =>
    labels.flatMap((set) =>
      needs.flatMap((needed) =>
        callers.map((caller): Omit<Case, 'model'> => ({ ...caller, class: rank, labels: set, needs: needed })),
      ),
    ),
  );
}

/** Callers that differ for some condition, constraint or waiver. */
function callersOf({ keys, waivers = [] }: WholeConfig, trees: readonly ASTNode[]): readonly CallerCase[] {
  if (keys === null) return [{ key: null, tenant: null }];
  const byKey = trees.some((tree) => mentions(tree, (node) => isField(node, 'key', 'id')));
  const callers = new Map<string, CallerCase>();
  for (const [id, { tenant = null, constraints = [], models }] of Object.entries(keys)) {
    const waived = waivers.some((waiver) => waiver.keys?.includes(id) === true);
    const isOwn = byKey || waived || constraints.length > 0 || models !== undefined;
    const name = isOwn ? `key ${id}` : `tenant ${tenant}`;
    if (!callers.has(name) && callers.size < MOST_CALLERS) callers.set(name, { key: id, tenant });
  }
  return [...callers.values()];
}

/** All sets of the names up to a number of sets, otherwise none, each alone, and all together; the smallest first. */
function subsetsOf<T>(names: readonly T[], most: number): readonly (readonly T[])[] {
  if (2 ** names.length > most) return most < 2 ? [[]] : [[], ...names.slice(0, most).map((name) => [name]), names];
  const sets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, i) => (bits >> i) & 1));
  return sets.sort((a, b) => a.length - b.length);
}

/** The words that stand before `in` something. */
function namesBefore(trees: readonly ASTNode[], isList: (node: ASTNode) => boolean): readonly string[] {
  const names = new Set<string>();
  const visit = (node: ASTNode): void => {
    if (node.op === 'in' && isList(node.args[1])) {
      const item = node.args[0];
      if (item.op === 'value' && typeof item.args === 'string') names.add(item.args);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  for (const tree of trees) visit(tree);
  return [...names].sort();
}

function mentions(node: ASTNode, is: (node: ASTNode) => boolean): boolean {
  return is(node) || childrenOf(node).some((child) => mentions(child, is));
}

const isLabels = (node: ASTNode): boolean => isData(node, 'labels');
const isNeeds = (node: ASTNode): boolean => isField(node, 'request', 'needs');

function isField(node: ASTNode, root: string, field: string): boolean {
  return node.op === '.' && node.args[0].op === 'id' && node.args[0].args === root && node.args[1] === field;
}

/** What a condition is for every request of a kind: true, false, or null where that depends on the request. null as tree = always. */
export function certain(node: ASTNode | null, one: Case): boolean | null {
  if (node === null) return true;
  switch (node.op) {
    case 'value':
      return typeof node.args === 'boolean' ? node.args : null;
    case '!_': {
      const inner = certain(node.args, one);
      return inner === null ? null : !inner;
    }
    case '&&':
      return joined(certain(node.args[0], one), certain(node.args[1], one), false);
    case '||':
      return joined(certain(node.args[0], one), certain(node.args[1], one), true);
    case 'in':
      return isMember(node.args[0], node.args[1], one);
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(node.op, valueOf(node.args[0], one), valueOf(node.args[1], one));
    default:
      return null;
  }
}

function joined(a: boolean | null, b: boolean | null, decisive: boolean): boolean | null {
  if (a === decisive || b === decisive) return decisive;
  return a === null || b === null ? null : !decisive;
}

type Known = string | number | null;

function compare(op: string, a: Known, b: Known): boolean | null {
  if (a === null || b === null || typeof a !== typeof b) return null;
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

function isMember(item: ASTNode, of: ASTNode, one: Case): boolean | null {
  const value = valueOf(item, one);
  if (value === null) return null;
  if (isLabels(of)) return one.labels.some((label) => label === value);
  if (isNeeds(of)) return one.needs.some((name) => name === value);
  if (of.op !== 'list') return null;
  const members = of.args.map((member) => valueOf(member, one));
  return members.includes(value) ? true : members.includes(null) ? null : false;
}

/** null = not fixed by the kind. */
function valueOf(node: ASTNode, one: Case): Known {
  if (node.op === 'value') {
    if (typeof node.args === 'bigint') return Number(node.args);
    return typeof node.args === 'string' || typeof node.args === 'number' ? node.args : null;
  }
  if (node.op === 'id') {
    const rank = DATA_CLASSES.findIndex((name) => name === node.args);
    return rank < 0 ? null : rank;
  }
  if (isData(node, 'class')) return one.class;
  if (isField(node, 'key', 'id')) return one.key ?? '';
  if (isField(node, 'key', 'tenant')) return one.tenant ?? '';
  return isField(node, 'request', 'model') ? one.model : null;
}

/** `a CONFIDENTIAL request with pii and secret of tenant bank`. */
export function describeCase({ class: rank, labels, needs, key, tenant }: Omit<Case, 'model'>): string {
  const parts = [`a request of class ${DATA_CLASSES[rank]}`];
  if (labels.length > 0) parts.push(`with ${labels.join(' and ')}`);
  if (needs.length > 0) parts.push(`that needs ${needs.join(' and ')}`);
  if (tenant !== null) parts.push(`of tenant ${tenant}`);
  else if (key !== null) parts.push(`of key ${key}`);
  return parts.join(' ');
}

/** True where `a` is at most as protected and as demanding as `b`, for the same caller: what holds of `a` then holds of `b`. */
export function isWithin(a: Omit<Case, 'model'>, b: Omit<Case, 'model'>): boolean {
  return (
    a.key === b.key &&
    a.class <= b.class &&
    a.labels.every((label) => b.labels.includes(label)) &&
    a.needs.every((name) => b.needs.includes(name))
  );
}
