/** From what a schema found to findings that say what is wrong and how to mend it, without ever showing a value. */
import type { ConfigFinding, ConfigPath } from '../core/config.ts';
import { nearestOf } from '../core/edit-distance.ts';
import type { JsonObject } from '../core/json.ts';
import { exampleAt, fieldsAt } from './hints.ts';
import { matchesPattern, pathKey, valueAt, type PathPattern } from './path.ts';
import type { SchemaIssue } from './schema.ts';
import type { Stray } from './spelling.ts';

/** What translating needs to know. */
export interface IssueContext {
  /** The expanded document that the schemas read. */
  readonly raw: unknown;
  /** JSON Schema of the file. */
  readonly schema: JsonObject;
  readonly planned: readonly PathPattern[];
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'empty',
};

/** The findings of issues that were found together; `above` is the path of the union that they were found in. */
export function translateIssues(
  issues: readonly SchemaIssue[],
  context: IssueContext,
  above: ConfigPath = [],
): ConfigFinding[] {
  const misspelt = new Set(
    straysOf(issues, context, above).flatMap((stray) =>
      stray.meant === null ? [] : pathKey([...stray.above, stray.meant]),
    ),
  );
  return issues.flatMap((issue) => {
    // a field that is there under a misspelt name is not missing too
    const isThere = misspelt.has(pathKey([...above, ...pathOf(issue)]));
    return isThere ? [] : translateIssue(issue, context, above);
  });
}

/** The keys among the issues that may be meant for others: the language does not have them, or not as names. */
export function straysOf(issues: readonly SchemaIssue[], context: IssueContext, above: ConfigPath = []): Stray[] {
  return issues.flatMap((issue) => {
    const at = [...above, ...pathOf(issue)];
    if (issue.code === 'invalid_key') return { above: at.slice(0, -1), key: String(at.at(-1)), meant: null };
    if (issue.code !== 'unrecognized_keys') return [];
    return issue.keys
      .filter((key) => !matchesPattern([...at, key], context.planned))
      .map((key): Stray => ({ above: at, key, meant: nearestOf(key, fieldsAt(context.schema, at)) }));
  });
}

function pathOf({ path }: SchemaIssue): ConfigPath {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}

function translateIssue(issue: SchemaIssue, context: IssueContext, above: ConfigPath): ConfigFinding[] {
  const at = [...above, ...pathOf(issue)];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...at, key], context));
  const value = valueAt(context.raw, at);
  if (value === undefined && issue.code !== 'custom') return [missingField(at, context)];
  if (value === null && issue.code !== 'custom') return [emptyValue(at)];
  switch (issue.code) {
    case 'invalid_union':
      return unionIssue(issue.errors, at, context);
    case 'invalid_type':
      return [ownWords(issue, at, context) ?? wrongType(at, [issue.expected], context)];
    case 'invalid_value':
      return [unknownValue(at, issue.values.map(String), value)];
    case 'too_small':
    case 'too_big':
      return [outOfRange(at, issue)];
    case 'invalid_key':
      return [badName(at, issue.issues)];
    case 'custom':
      return [customIssue(at, issue)];
    default:
      return [{ at, code: 'wrong-form', message: sentence(issue.message), ...exampleFix(at, context) }];
  }
}

/** The finding of a key that the language does not have. */
export function unknownKey(at: ConfigPath, { schema, planned }: IssueContext): ConfigFinding {
  const key = String(at.at(-1));
  const finding = { at, onKey: true };
  if (matchesPattern(at, planned)) {
    const kind = at.length === 1 ? 'section' : 'field';
    return {
      ...finding,
      code: at.length === 1 ? 'section-not-built' : 'field-not-built',
      message: `the ${kind} "${key}" is not there yet in this version`,
      fix: 'remove it: what is written here must also hold',
    };
  }
  const known = fieldsAt(schema, at.slice(0, -1));
  const nearest = nearestOf(key, known);
  const list = known.length === 0 ? 'remove it' : `remove it, or use one of ${known.join(', ')}`;
  return {
    ...finding,
    code: 'unknown-key',
    message: `unknown key "${key}"`,
    fix: nearest === null ? list : `did you mean "${nearest}"?`,
  };
}

function missingField(at: ConfigPath, { schema }: IssueContext): ConfigFinding {
  const name = String(at.at(-1));
  const example = exampleAt(schema, at);
  return {
    at: at.slice(0, -1),
    onKey: true,
    code: 'missing-field',
    message: `"${name}" is missing`,
    fix: example === null ? `add ${name}` : `add it, for example: ${name}: ${example}`,
  };
}

function emptyValue(at: ConfigPath): ConfigFinding {
  const message = at.length === 0 ? 'the configuration is empty' : `"${String(at.at(-1))}" has no value`;
  const fix = at.length === 0 ? 'write at least backends and models' : 'give it a value, or remove the line';
  return { at, onKey: true, code: 'empty-value', message, fix };
}

function wrongType(at: ConfigPath, expected: readonly string[], context: IssueContext): ConfigFinding {
  const wanted = [...new Set(expected.map((type) => TYPES[type] ?? type))].join(' or ');
  const value = valueAt(context.raw, at);
  const got = TYPES[Array.isArray(value) ? 'array' : typeof value] ?? 'something else';
  const message = at.length === 0 ? `the file must be ${wanted}, not ${got}` : `this must be ${wanted}, not ${got}`;
  const simple = wanted === 'text' && got !== 'a map' && got !== 'a list' ? 'put it in quotes' : `write ${wanted}`;
  return { at, code: 'wrong-type', message, fix: simple, ...exampleFix(at, context) };
}

/** A type fault that the schema explains itself. */
function ownWords({ message }: SchemaIssue, at: ConfigPath, context: IssueContext): ConfigFinding | null {
  if (message.startsWith('Invalid input')) return null;
  return { at, code: 'wrong-type', message: sentence(message), ...exampleFix(at, context) };
}

function unknownValue(at: ConfigPath, values: readonly string[], value: unknown): ConfigFinding {
  const nearest = typeof value === 'string' ? nearestOf(value, values) : null;
  const message = values.length === 1 ? `this must be ${values[0]}` : `this must be one of ${values.join(', ')}`;
  const fix =
    nearest === null ? `write ${values.length === 1 ? values[0] : 'one of them'}` : `did you mean "${nearest}"?`;
  return { at, code: 'unknown-value', message, fix };
}

function outOfRange(at: ConfigPath, issue: Extract<SchemaIssue, { code: 'too_small' | 'too_big' }>): ConfigFinding {
  const small = issue.code === 'too_small';
  const limit = small ? issue.minimum : issue.maximum;
  const countable =
    issue.origin === 'array' || issue.origin === 'string' || issue.origin === 'object' || issue.origin === 'record';
  if (countable && small && Number(limit) <= 1) {
    return { at, code: 'empty-value', message: 'this must not be empty', fix: 'give it an entry, or remove it' };
  }
  const words = small ? ['at least', 'more than'] : ['at most', 'less than'];
  const bound = `${words[issue.inclusive === false ? 1 : 0]} ${limit}`;
  const unit = countable ? (issue.origin === 'string' ? ' characters long' : ' entries long') : '';
  return { at, code: 'out-of-range', message: `this must be ${bound}${unit}`, fix: `write a value that is ${bound}` };
}

function badName(at: ConfigPath, issues: readonly SchemaIssue[]): ConfigFinding {
  const why = issues[0] === undefined ? 'it has a character that names may not have' : sentence(issues[0].message);
  return { at, onKey: true, code: 'bad-name', message: `"${String(at.at(-1))}" cannot be used as a name`, fix: why };
}

/** `params: { code, fix, offset }` of a custom issue are its own words. */
function customIssue(at: ConfigPath, { message, params }: Extract<SchemaIssue, { code: 'custom' }>): ConfigFinding {
  const { code, fix, offset } = {
    code: undefined,
    fix: undefined,
    offset: undefined,
    ...(params as object | undefined),
  };
  return {
    at,
    code: typeof code === 'string' ? code : 'invalid-value',
    message: sentence(message),
    ...(typeof fix === 'string' ? { fix } : {}),
    ...(typeof offset === 'number' ? { offset } : {}),
  };
}

/** Of the alternatives that fit the kind of value, the one with the fewest faults; if none fits, what would fit. */
function unionIssue(errors: readonly SchemaIssue[][], at: ConfigPath, context: IssueContext): ConfigFinding[] {
  const isWrongKind = ({ code, path }: SchemaIssue) =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  const fitting = errors.filter((branch) => !branch.some(isWrongKind)).sort((a, b) => a.length - b.length);
  if (fitting[0] !== undefined) return translateIssues(fitting[0], context, at);
  const all = errors.flat();
  const types = all.flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : []));
  const values = all.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));
  const value = valueAt(context.raw, at);
  return values.length > 0 && typeof value === 'string'
    ? [unknownValue(at, values, value)]
    : [wrongType(at, types, context)];
}

function exampleFix(at: ConfigPath, { schema }: IssueContext): { fix: string } | Record<never, never> {
  const example = exampleAt(schema, at);
  if (example === null) return {};
  const name = at.at(-1);
  const field = typeof name === 'string' ? `${name}: ` : '';
  return { fix: `write it like this: ${field}${example}` };
}

/** A zod message as ours: no capital at its start, no full stop. */
function sentence(message: string): string {
  const text = message.replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
