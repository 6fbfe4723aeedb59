/** Reads the TypeScript sources of the repository and the packages that it declares. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const TOPS = ['src', 'routes', 'providers', 'policies', 'test', 'tools', 'bench', 'examples'];
const SKIPPED = new Set(['node_modules', 'dist', 'peers']);

/** Every `.ts` source below the known top folders, path from `root` (with `/`) -> text. */
export function readSources(root: string): Record<string, string> {
  const sources: Record<string, string> = {};
  const collect = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) collect(path);
      if (entry.isFile() && path.endsWith('.ts')) {
        sources[path.split(sep).join('/')] = readFileSync(join(root, path), 'utf8');
      }
    }
  };
  for (const top of TOPS) if (existsSync(join(root, top))) collect(top);
  return sources;
}

/** Names of the packages that are installed with the published package. */
export function readDependencies(root: string): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest)) return [];
  return Object.keys(manifest.dependencies ?? {});
}
