/** Tool names that this language refuses (dots, blanks, more than 128 characters), renamed so that they can be named back. */

/** Renames tools for one request. */
export interface ToolNames {
  /** The name that is written for `name`; the same for the same name. */
  write(name: string): string;
  /** Written -> original, for every name that was changed. */
  readonly names: ReadonlyMap<string, string>;
}

const LIMIT = 128;
const ALLOWED = /^[a-zA-Z0-9_-]{1,128}$/;

/** @param taken all names of the request: a changed one must differ from each of them */
export function createToolNames(taken: ReadonlySet<string>): ToolNames {
  const names = new Map<string, string>();
  const written = new Map<string, string>();
  return {
    names,
    write(name) {
      if (ALLOWED.test(name)) return name;
      const known = written.get(name);
      if (known !== undefined) return known;
      const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, LIMIT) || '_';
      let other = plain;
      for (let n = 2; taken.has(other) || names.has(other); n++) {
        const ending = `_${n}`;
        other = plain.slice(0, LIMIT - ending.length) + ending;
      }
      names.set(other, name);
      written.set(name, other);
      return other;
    },
  };
}
