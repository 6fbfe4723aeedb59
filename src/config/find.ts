/** Finding the configuration: the nearest `thalweg.yaml` from the working directory upward. */

/** File names of a configuration; the first that is there wins. */
export const CONFIG_NAMES = ['thalweg.yaml', 'thalweg.yml', 'thalweg.json'] as const;

/** The part of a file system that the search needs. */
export interface FileTree {
  isFile(path: string): boolean;
  join(folder: string, name: string): string;
  /** null at the top. */
  parentOf(folder: string): string | null;
}

/** Where the configuration is (null = nowhere), and every path that was looked at. */
export interface FoundConfig {
  readonly path: string | null;
  readonly looked: readonly string[];
}

/** Looks for a configuration in a folder and in those above it. */
export function findConfig(from: string, files: FileTree): FoundConfig {
  const looked: string[] = [];
  for (let folder: string | null = from; folder !== null; folder = files.parentOf(folder)) {
    for (const name of CONFIG_NAMES) {
      const path = files.join(folder, name);
      looked.push(path);
      if (files.isFile(path)) return { path, looked };
    }
  }
  return { path: null, looked };
}
