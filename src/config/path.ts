/** Places in a configuration document: how they are written and which patterns they match. */
import type { ConfigPath } from '../core/config.ts';

/** Map keys and list positions from the top; `*` stands for any one of them. */
export type PathPattern = readonly string[];

/** A path for people: `backends.r1.url`, `rules.0.match`, `facts["compute.countries"]`; empty at the top. */
export function formatPath(path: ConfigPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'string' && !/^[\w*-]+$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** True when some pattern has the length of the path and agrees with it step by step. */
export function matchesPattern(path: ConfigPath, patterns: readonly PathPattern[]): boolean {
  return patterns.some(
    (pattern) => pattern.length === path.length && pattern.every((step, i) => step === '*' || step === String(path[i])),
  );
}

/** The value at a path of a plain tree; undefined where there is none. */
export function valueAt(tree: unknown, path: ConfigPath): unknown {
  let value = tree;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

/** A path as one text, equal for equal paths. */
export function pathKey(path: ConfigPath): string {
  return path.join('\n');
}

/** True when `path` is `above` or lies below it. */
export function isWithin(path: ConfigPath, above: ConfigPath): boolean {
  return above.length <= path.length && above.every((step, i) => String(step) === String(path[i]));
}
