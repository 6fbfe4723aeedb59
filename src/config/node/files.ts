/** The configuration's files on Node: the search upward, the file itself, the environment and `${file:…}`. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { FileTree } from '../find.ts';
import type { ConfigSource, LoadPorts } from '../load.ts';
import { MAX_TEXT } from '../yaml.ts';

/** The file system for `findConfig`. */
export const nodeFileTree: FileTree = {
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  join,
  parentOf: (folder) => (dirname(folder) === folder ? null : dirname(folder)),
};

/** A configuration file that cannot be read; the message says which and why in one sentence. */
export class ConfigFileError extends Error {}

/**
 * Reads a configuration.
 * @throws ConfigFileError when it is not there, not readable, too large, or not UTF-8
 */
export function readConfigFile(path: string): ConfigSource {
  const bytes = readOrExplain(path);
  // A UTF-16 unit takes 3 bytes of UTF-8 at most.
  if (bytes.length > 3 * MAX_TEXT) throw new ConfigFileError(`${path} is larger than 1 MiB.`);
  try {
    return { name: path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new ConfigFileError(`${path} is not UTF-8 text.`);
  }
}

/** Ports for a configuration at `path`: variables of `environment`, files relative to the configuration's folder. */
export function nodeLoadPorts(path: string, environment: Readonly<Record<string, string | undefined>>): LoadPorts {
  const folder = dirname(resolve(path));
  return {
    variable: (name) => (Object.hasOwn(environment, name) ? (environment[name] ?? null) : null),
    file: (name) => {
      try {
        return readFileSync(resolve(folder, name), 'utf8');
      } catch {
        return null;
      }
    },
  };
}

function readOrExplain(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') throw new ConfigFileError(`There is no file ${path}.`);
    if (code === 'EISDIR') throw new ConfigFileError(`${path} is a folder.`);
    if (code === 'EACCES' || code === 'EPERM') throw new ConfigFileError(`${path} may not be read by this user.`);
    throw new ConfigFileError(`${path} cannot be read.`);
  }
}
