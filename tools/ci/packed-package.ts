/** Packs the repository as it would be published and installs it into an empty folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';

/** What `npm pack` made. */
export interface Tarball {
  readonly file: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly paths: readonly string[];
}

interface PackReport {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

function isPackReport(value: unknown): value is PackReport {
  return typeof value === 'object' && value !== null && 'filename' in value && 'files' in value && 'size' in value;
}

/** Packs `root` into `folder`. Throws with npm's words when that fails. */
export async function packRepository(root: string, folder: string): Promise<Tarball> {
  const { code, stdout, stderr } = await runCommand('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  if (code !== 0) throw new Error(`npm pack failed:\n${stdout}${stderr}`);
  // prepack prints its own lines before the report.
  const reports: unknown = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const report: unknown = Object.values(reports ?? {})[0];
  if (!isPackReport(report)) throw new Error(`npm pack printed no report:\n${stdout}`);
  return {
    file: join(folder, report.filename),
    bytes: report.size,
    unpackedBytes: report.unpackedSize,
    paths: report.files.map(({ path }) => path),
  };
}

/** Installs a tarball into a new folder as a user would. Throws with npm's words when that fails. */
export async function installTarball(tarball: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "private": true }\n');
  const args = ['install', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error', tarball];
  const { code, stdout, stderr } = await runCommand('npm', args, { cwd: folder, timeoutMs: 240_000 });
  if (code !== 0) throw new Error(`npm install failed:\n${stdout}${stderr}`);
}
