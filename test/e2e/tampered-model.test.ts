/** An installation whose embedded model was changed does not serve it, and says why when it is started. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';
import { hasHandbook } from '../support/handbook.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The repository as it is installed, with files of its own. */
function install(): string {
  const folder = makeFolder();
  for (const name of ['bin', 'src', 'policies', 'providers', 'routes', 'examples', 'models', 'package.json']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'elsewhere'));
  return folder;
}

describe.skipIf(!hasHandbook)('an embedded model with one byte changed', { timeout: 90_000 }, () => {
  it('is not served; npm start says why', () => {
    const folder = install();
    const file = join(folder, 'models/handbook/handbook.gguf');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
    const args = [join(folder, 'bin/thalweg.mjs'), 'serve', '--port', '0', '--admin-port', '0'];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, {
      cwd: join(folder, 'elsewhere'),
      encoding: 'utf8',
      timeout: 80_000,
    });
    expect(stderr).toContain('the embedded model is not served: files-differ: handbook.gguf: has the SHA-256');
    expect(stderr).toContain('Install the package again.');
    expect(stdout).not.toContain('http://');
    expect(status).toBe(4);
  });
});
