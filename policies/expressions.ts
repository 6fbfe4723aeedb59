/** The expressions of `match` and `when`: CEL, checked and compiled at load, asked once per request. */
import {
  Environment,
  type ASTNode,
  type ParseError,
  type ParseResult,
  type TypeCheckResult,
} from '@marcbachmann/cel-js';
import { DATA_CLASSES } from '../src/core/data-class.ts';
import { nearestOf } from '../src/core/edit-distance.ts';
import type { RequestFacts } from '../src/core/policy.ts';
import { compileClosure, isHeaders } from './closures.ts';
import { namesOf } from './filters/capability.ts';

/** A condition on a request. */
export interface Expression {
  readonly text: string;
  /** What it was compiled from, for checks. */
  readonly tree: ASTNode;
  /** null = it cannot be decided for this request: a header is absent, the output limit was not said, a division by zero. */
  holds(facts: RequestFacts): boolean | null;
}

/** Why an expression cannot be used. */
export interface ExpressionProblem {
  /** `expression-syntax`, `expression-type`, `expression-unknown-name`, `expression-refused` or `not-there-yet`. */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly message: string;
  readonly fix: string;
  /** Offset into the text, in UTF-16 units. */
  readonly offset: number;
}

/** What became of an expression: exactly one of the two. */
export type Compiled =
  | { readonly expression: Expression; readonly problem: null }
  | { readonly expression: null; readonly problem: ExpressionProblem };

/** What an expression may speak of, with its CEL type. */
export const VARIABLES = Object.freeze({
  request: Object.freeze({
    model: 'string',
    surface: 'string',
    stream: 'bool',
    /** Estimated input tokens. */
    tokens_in: 'int',
    /** The client's own output limit; absent when not said: `has(request.max_out)`. */
    max_out: 'int',
    choices: 'int',
    /** Empty when not said. */
    user: 'string',
    /** Names of needed capabilities: `"tools" in request.needs`. */
    needs: 'list<string>',
    /** Lower-case names. */
    headers: 'map<string, string>',
  }),
  key: Object.freeze({
    /** Empty on an open gateway. */
    id: 'string',
    /** Empty where the key has none. */
    tenant: 'string',
  }),
  data: Object.freeze({
    /** Compared with PUBLIC, INTERNAL, CONFIDENTIAL, RESTRICTED. */
    class: 'int',
    labels: 'list<string>',
  }),
});

/** Roots that the language will have and this version has not. */
const LATER_ROOTS = new Set(['backend', 'pool', 'budget', 'time']);

class RequestView {}
class KeyView {}
class DataView {}

const environment = new Environment({
  limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 500, maxMapEntries: 100 },
})
  .registerType('Request', { ctor: RequestView, fields: { ...VARIABLES.request } })
  .registerType('Key', { ctor: KeyView, fields: { ...VARIABLES.key } })
  .registerType('Data', { ctor: DataView, fields: { ...VARIABLES.data } })
  .registerVariable('request', 'Request')
  .registerVariable('key', 'Key')
  .registerVariable('data', 'Data');
for (const name of DATA_CLASSES) environment.registerVariable(name, 'int');

/** The classes as values of the language. */
const CLASS_VALUES = Object.fromEntries(DATA_CLASSES.map((name, rank) => [name, BigInt(rank)]));

/** True for the expression that needs no evaluation. */
export function isAlways(text: string): boolean {
  return text.trim() === 'true';
}

/** Parses, checks and compiles one expression; never throws on what an operator can write. */
export function compileExpression(text: string): Compiled {
  let parsed;
  try {
    parsed = environment.parse(text);
  } catch (error) {
    if (!isCelError(error)) throw error;
    return failed('expression-syntax', error.summary, 'Write a CEL expression', error.range?.start ?? 0);
  }
  const problem = refusalOf(parsed.ast) ?? typeProblem(parsed.check());
  if (problem !== null) return { expression: null, problem };
  const evaluate: (context: object) => unknown = parsed;
  const holds = compileClosure(parsed.ast) ?? ((facts: RequestFacts) => interpret(evaluate, facts));
  return { expression: Object.freeze({ text, tree: parsed.ast, holds }), problem: null };
}

/**
 * Evaluates the slow way, through the library; anything but a plain yes or no cannot be decided.
 * The closures must agree with it, which a property test holds them to.
 */
export function interpret(evaluate: (context: object) => unknown, facts: RequestFacts): boolean | null {
  try {
    let context = CONTEXTS.get(facts);
    if (context === undefined) CONTEXTS.set(facts, (context = contextOf(facts)));
    const result = evaluate(context);
    return typeof result === 'boolean' ? result : null;
  } catch {
    return null;
  }
}

/** The library’s own reading of an expression. Throws its ParseError on what is not CEL. */
export function parseExpression(text: string): ParseResult {
  return environment.parse(text);
}

/** Facts never change, and several rules ask about the same request. */
const CONTEXTS = new WeakMap<RequestFacts, object>();

function contextOf(facts: RequestFacts): object {
  const headers = new Map<string, string>();
  facts.headers.forEach((name, value) => headers.set(name, value));
  const request = Object.assign(new RequestView(), {
    model: facts.model,
    surface: facts.surface,
    stream: facts.stream,
    tokens_in: BigInt(facts.inputTokens),
    choices: BigInt(facts.choices),
    user: facts.user ?? '',
    needs: namesOf(facts.needs),
    headers,
    ...(facts.maxOutputTokens === null ? {} : { max_out: BigInt(facts.maxOutputTokens) }),
  });
  return {
    ...CLASS_VALUES,
    request,
    key: Object.assign(new KeyView(), { id: facts.key ?? '', tenant: facts.tenant ?? '' }),
    data: Object.assign(new DataView(), { class: BigInt(facts.data.class), labels: [...facts.data.labels] }),
  };
}

function typeProblem({ error, type }: TypeCheckResult): ExpressionProblem | null {
  const offset = error?.range?.start ?? 0;
  if (error?.code === 'unknown_variable') {
    const name = error.summary.split(' ').at(-1) ?? '';
    const near = nearestOf(name, [...Object.keys(VARIABLES), ...DATA_CLASSES]);
    const fix = near === null ? 'Use request.*, key.* and data.*' : `Did you mean ${near}?`;
    return problemOf('expression-unknown-name', `there is no ${name}`, fix, offset);
  }
  if (error !== undefined) return problemOf('expression-type', error.summary, 'Compare values of one type', offset);
  if (type === 'bool') return null;
  const message = `the expression is ${type ?? 'of unknown type'}, a condition must be true or false`;
  return problemOf('expression-type', message, 'Compare it with something', 0);
}

/** The first thing in the tree that the house does not allow, or that it does not know by that name. */
function refusalOf(node: ASTNode): ExpressionProblem | null {
  const own = refusalHere(node);
  if (own !== null) return own;
  for (const child of childrenOf(node)) {
    const found = refusalOf(child);
    if (found !== null) return found;
  }
  return null;
}

function refusalHere(node: ASTNode): ExpressionProblem | null {
  if ((node.op === 'rcall' || node.op === 'call') && node.args[0] === 'matches') {
    const why = 'matches is refused: a regular expression can take exponential time';
    const after = node.op === 'rcall' ? node.args[1].end : node.start;
    const fix = 'Use ==, startsWith, endsWith or contains';
    return problemOf('expression-refused', why, fix, node.input.indexOf('matches', after));
  }
  if (node.op === 'id' && LATER_ROOTS.has(node.args)) {
    const why = `${node.args}.* is not there yet in this version`;
    return problemOf('not-there-yet', why, 'Use request.*, key.* and data.*', node.start);
  }
  if (node.op === 'call' && node.args[0] === 'dyn') {
    return problemOf(
      'expression-refused',
      'dyn() switches type checking off',
      'Compare values of one type',
      node.start,
    );
  }
  if (node.op === '.' && node.args[0].op === 'id') return unknownField(node.args[0].args, node.args[1], node.pos);
  return upperCaseHeader(node);
}

function unknownField(root: string, field: string, offset: number): ExpressionProblem | null {
  const fields = Object.hasOwn(VARIABLES, root) ? VARIABLES[root as keyof typeof VARIABLES] : null;
  if (fields === null || field in fields) return null;
  const names = Object.keys(fields);
  const near = nearestOf(field, names);
  const fix = near === null ? `Use one of ${names.join(', ')}` : `Did you mean ${root}.${near}?`;
  return problemOf('expression-unknown-name', `${root} has no field ${field}`, fix, offset);
}

function upperCaseHeader(node: ASTNode): ExpressionProblem | null {
  if (node.op !== '[]' || !isHeaders(node.args[0]) || node.args[1].op !== 'value') return null;
  const name = node.args[1].args;
  if (typeof name !== 'string' || name === name.toLowerCase()) return null;
  const why = `header names are in lower case, "${name}" is never there`;
  return problemOf('expression-unknown-name', why, `Write "${name.toLowerCase()}"`, node.args[1].start);
}

/** The nodes directly below a node. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

function isCelError(error: unknown): error is ParseError {
  return error instanceof Error && 'summary' in error && 'range' in error;
}

function failed(code: string, message: string, fix: string, offset: number): Compiled {
  return { expression: null, problem: problemOf(code, message, fix, offset) };
}

function problemOf(code: string, message: string, fix: string, offset: number): ExpressionProblem {
  return { code, message, fix, offset };
}
