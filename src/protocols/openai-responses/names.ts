/** Names of tools in a namespace, flattened so that languages without namespaces can say them and they can be told apart again. */

const FLAT = /^([^]*)__n(\d{1,3})$/;

/** A tool's own name and its namespace; null = it stands alone. */
export interface SplitName {
  readonly namespace: string | null;
  readonly name: string;
}

/**
 * One name for a tool: `multi_agent__spawn__n11` for `spawn` in `multi_agent`, where 11 is the length of the namespace. It needs no
 * table to be undone. A lone tool keeps its name, unless that itself looks flattened.
 */
export function flattenName(namespace: string | null, name: string): string {
  if (namespace === null || namespace === '') return FLAT.test(name) && isFlat(name) ? `__${name}__n0` : name;
  return `${namespace}__${name}__n${namespace.length}`;
}

/** Undoes `flattenName`. */
export function splitName(flat: string): SplitName {
  const found = FLAT.exec(flat);
  if (found === null) return { namespace: null, name: flat };
  const body = found[1] ?? '';
  const length = Number(found[2]);
  if (body.length < length + 3 || body.slice(length, length + 2) !== '__') return { namespace: null, name: flat };
  return { namespace: length === 0 ? null : body.slice(0, length), name: body.slice(length + 2) };
}

function isFlat(name: string): boolean {
  return splitName(name).name !== name;
}
