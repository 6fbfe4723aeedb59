/** Why the files of a model cannot be taken for what they seem to be: the file, the rule and the way out. */

/** What was broken. */
export type ModelReadRule =
  /** There is no such file or folder. */
  | 'missing'
  /** The operating system refused to open or read it. */
  | 'unreadable'
  /** A symbolic link where none is allowed. */
  | 'symlink'
  /** A symbolic link that leads out of the model's folder. */
  | 'symlink-escape'
  /** A socket, FIFO or device. */
  | 'not-regular'
  /** The file was not the same before and after it was hashed. */
  | 'changed-during-hash'
  | 'too-many-files'
  /** Folders within folders beyond the limit. */
  | 'too-deep'
  /** A name that is not UTF-8, so that no manifest can hold it. */
  | 'name-not-utf8';

const REMEDIES: Readonly<Record<ModelReadRule, string>> = Object.freeze({
  missing: 'check the path',
  unreadable: 'give the user of this process the right to read it',
  symlink: 'put the file itself in its place; a link can be turned elsewhere after the check',
  'symlink-escape': 'put the file itself into the folder of the model',
  'not-regular': 'move it out of the folder of the model, or ignore it by name when signing',
  'changed-during-hash': 'stop whatever writes to the model and try again',
  'too-many-files': 'point at the folder of one model, not at a store of many',
  'too-deep': 'point at the folder of one model, not at a store of many',
  'name-not-utf8': 'rename the file',
});

/** A file or folder that is not read further. `message` says what, where and how to mend it. */
export class ModelReadError extends Error {
  readonly file: string;
  readonly rule: ModelReadRule;
  readonly remedy: string;
  /** The message without place and remedy. */
  readonly what: string;

  constructor(rule: ModelReadRule, file: string, what: string) {
    const remedy = REMEDIES[rule];
    super(`${file}: ${what}; ${remedy}`);
    this.name = 'ModelReadError';
    this.file = file;
    this.rule = rule;
    this.remedy = remedy;
    this.what = what;
  }
}

/** The error of the operating system as one of ours; anything else as it is. */
export function toReadError(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error;
  if (error.code === 'ENOENT') return new ModelReadError('missing', file, 'there is no such file');
  if (error.code === 'ELOOP') return new ModelReadError('symlink', file, 'a symbolic link');
  // A folder opened as such that is none: a link, or a file that came in between.
  if (error.code === 'ENOTDIR') return new ModelReadError('symlink', file, 'not the folder that it was');
  if (error.code === 'ENXIO') return new ModelReadError('not-regular', file, 'not a regular file');
  return new ModelReadError('unreadable', file, `cannot be read (${String(error.code)})`);
}
