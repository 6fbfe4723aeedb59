/** How much a folder weighs on disk. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes that all files below `folder` take on disk, whole blocks as `du` counts them; links count as themselves. */
export function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => lstatSync(join(folder, path)))
    .reduce((sum, entry) => sum + (entry.isDirectory() ? 0 : (entry.blocks ?? 0) * 512), 0);
}

/** Bytes as MB with one digit, in millions. */
export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
