/** Tool names that a vendor refuses (dots, blanks, too many characters), renamed so that they can be named back. */
import type { ChatRequest } from '../../core/chat.ts';

/** Renames tools for one request. */
export interface ToolNames {
  /** The name that is written for `name`; the same for the same name. */
  write(name: string): string;
  /** Written -> original, for every name that was changed. */
  readonly names: ReadonlyMap<string, string>;
}

const NO_NAMES: ToolNames = { names: new Map(), write: (name) => name };

/**
 * The names of a request: letters, digits, `_` and `-`, at most `longest` characters.
 * @param longest null = every name is taken as it is
 */
export function createToolNames(request: ChatRequest, longest: number | null): ToolNames {
  if (longest === null) return NO_NAMES;
  const taken = namesIn(request);
  const names = new Map<string, string>();
  const written = new Map<string, string>();
  return {
    names,
    write(name) {
      if (name.length <= longest && /^[a-zA-Z0-9_-]+$/.test(name)) return name;
      const known = written.get(name);
      if (known !== undefined) return known;
      const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, longest) || '_';
      let other = plain;
      for (let n = 2; taken.has(other) || names.has(other); n++) {
        const ending = `_${n}`;
        other = plain.slice(0, longest - ending.length) + ending;
      }
      names.set(other, name);
      written.set(name, other);
      return other;
    },
  };
}

/** All names of the request: a changed one must differ from each of them. */
function namesIn({ tools = [], messages }: ChatRequest): ReadonlySet<string> {
  const names = new Set(tools.map(({ name }) => name));
  for (const { parts } of messages) {
    for (const part of parts) if (part.type === 'tool-call') names.add(part.name);
  }
  return names;
}
