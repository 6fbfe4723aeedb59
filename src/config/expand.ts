/** Expansion of `${VAR}`, `${VAR:-default}` and `${file:path}` in one scalar; `$${` writes a plain `${`. */

/** Where expansions take their values from. */
export interface ExpansionPorts {
  /** The value of an environment variable; null = not set. */
  variable(name: string): string | null;
  /** The text of a file, its path relative to the configuration file; null = cannot be read. */
  file(path: string): string | null;
}

/** One piece of a scalar. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback: string | null }
  | { readonly kind: 'file'; readonly path: string };

/** An expansion that cannot be done. The message never holds a value. */
export interface ExpansionFault {
  /** `bad-expansion`, `missing-variable` or `missing-file`. */
  readonly code: 'bad-expansion' | 'missing-variable' | 'missing-file';
  readonly message: string;
  readonly fix: string;
  /** Offset of the expansion in the scalar's text. */
  readonly offset: number;
}

/** A scalar taken apart, or the first fault in its syntax. */
export type Template =
  | { readonly ok: true; readonly parts: readonly TemplatePart[] }
  | { readonly ok: false; readonly fault: ExpansionFault };

/** The text after expansion, or why there is none. */
export type Expansion =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: ExpansionFault };

const BODY = /^(?:file:(?<path>[^}]+)|(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<fallback>[^}]*))?)$/;

/** Takes a scalar apart. Text without `${` is one text part. */
export function parseTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  let plain = '';
  let from = 0;
  for (;;) {
    const at = text.indexOf('${', from);
    if (at < 0) break;
    if (text[at - 1] === '$' && at > from) {
      plain += `${text.slice(from, at - 1)}\${`;
      from = at + 2;
      continue;
    }
    const end = text.indexOf('}', at);
    const part = end < 0 ? null : readBody(text.slice(at + 2, end));
    if (part === null) return { ok: false, fault: badExpansion(at) };
    plain += text.slice(from, at);
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
    parts.push(part);
    from = end + 1;
  }
  plain += text.slice(from);
  if (plain !== '' || parts.length === 0) parts.push({ kind: 'text', text: plain });
  return { ok: true, parts };
}

/** Expands a scalar. Faults name the variable or the file, never what is in it. */
export function expandText(text: string, ports: ExpansionPorts): Expansion {
  const template = parseTemplate(text);
  if (!template.ok) return template;
  let expanded = '';
  for (const part of template.parts) {
    const value = part.kind === 'text' ? part.text : lookUp(part, ports);
    if (value === null) return { ok: false, fault: missing(part, text) };
    expanded += value;
  }
  return { ok: true, text: expanded };
}

/** True when the scalar is one expansion and nothing else. */
export function isWhollyExpansion(text: string): boolean {
  const template = parseTemplate(text);
  return template.ok && template.parts.length === 1 && template.parts[0]?.kind !== 'text';
}

function readBody(body: string): TemplatePart | null {
  const { path, name, fallback } = BODY.exec(body)?.groups ?? {};
  if (path !== undefined) return { kind: 'file', path };
  if (name === undefined || fallback?.includes('${')) return null;
  return { kind: 'variable', name, fallback: fallback ?? null };
}

function lookUp(part: Exclude<TemplatePart, { kind: 'text' }>, ports: ExpansionPorts): string | null {
  if (part.kind === 'file') return ports.file(part.path)?.replace(/\r?\n$/, '') ?? null;
  const value = ports.variable(part.name);
  return value === null || (value === '' && part.fallback !== null) ? part.fallback : value;
}

function missing(part: TemplatePart, text: string): ExpansionFault {
  if (part.kind === 'file') {
    return {
      code: 'missing-file',
      message: `the file "${part.path}" cannot be read`,
      fix: 'check the path, which starts at the configuration file, and who may read it',
      offset: Math.max(0, text.indexOf(`\${file:${part.path}}`)),
    };
  }
  const name = part.kind === 'variable' ? part.name : '';
  return {
    code: 'missing-variable',
    message: `the environment variable ${name} is not set`,
    fix: `set ${name}, or give a default: \${${name}:-default}`,
    offset: Math.max(0, text.indexOf(`\${${name}`)),
  };
}

function badExpansion(offset: number): ExpansionFault {
  return {
    code: 'bad-expansion',
    message: 'this expansion cannot be read',
    fix: 'write ${VAR}, ${VAR:-default} or ${file:path}; a plain "${" is written "$${"',
    offset,
  };
}
