/** Proves that the worker bundles without a network and stays under its size. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runCommand } from './command.ts';
import { verdict } from './verdict.ts';

const GZIP_LIMIT = 250e3;
const root = join(import.meta.dirname, '../..');

/** Bytes after gzip of everything that would be uploaded; source maps and notes are not. */
function uploadBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(js|mjs|wasm|json|bin)$/.test(path))
    .reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);
}

const scratch = mkdtempSync(join(tmpdir(), 'thalweg-worker-'));
try {
  const { code, stdout, stderr } = await runCommand('wrangler', ['deploy', '--dry-run', '--outdir', scratch], {
    cwd: root,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: join(scratch, 'logs'), CI: 'true' },
  });
  verdict(code === 0, 'wrangler deploy --dry-run builds the worker', `${stdout}${stderr}`);
  const bytes = code === 0 ? uploadBytes(scratch) : 0;
  const size = `${(bytes / 1e3).toFixed(1)} KB gzip <= ${GZIP_LIMIT / 1e3} KB`;
  verdict(bytes > 0 && bytes <= GZIP_LIMIT, `the worker is ${size}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
