/** Proves that the workers bundle without a network and stay under their size: the example, and the demo with its model. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runCommand } from './command.ts';
import { verdict } from './verdict.ts';

const GZIP_LIMIT = 250e3;
const root = join(import.meta.dirname, '../..');

/** Bytes after gzip of what would be uploaded; source maps and notes are not. */
function uploadBytes(folder: string, names: RegExp): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => names.test(path))
    .reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);
}

async function checkUpload(name: string, config: string, scratch: string): Promise<void> {
  const out = join(scratch, name);
  const { code, stdout, stderr } = await runCommand(
    'wrangler',
    ['deploy', '--dry-run', '-c', config, '--outdir', out],
    {
      cwd: root,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: join(scratch, 'logs'), CI: 'true' },
    },
  );
  verdict(code === 0, `wrangler deploy --dry-run builds the ${name} worker`, `${stdout}${stderr}`);
  const bytes = code === 0 ? uploadBytes(out, /\.(js|mjs|wasm|json)$/) : 0;
  const model = code === 0 ? uploadBytes(out, /\.bin$/) : 0;
  const size = `${(bytes / 1e3).toFixed(1)} KB gzip <= ${GZIP_LIMIT / 1e3} KB`;
  const more = model === 0 ? '' : `, and its model ${(model / 1e3).toFixed(1)} KB`;
  verdict(bytes > 0 && bytes <= GZIP_LIMIT, `the ${name} worker is ${size}${more}`);
}

/** The folder that the command line writes for the demo; a worker has no loopback, so that it is open must be said. */
async function buildDemo(scratch: string): Promise<string> {
  const file = join(scratch, 'thalweg.yaml');
  cpSync(join(root, 'examples/demo.yaml'), file);
  writeFileSync(file, 'gateway: { open: true }\n', { flag: 'a' });
  const folder = join(scratch, 'built');
  const args = ['bin/thalweg.mjs', 'build', 'worker', '-c', file, '-o', folder];
  const { code, stderr } = await runCommand(process.execPath, args, { cwd: root });
  verdict(code === 0, 'thalweg build worker takes the model along', stderr);
  return join(folder, 'wrangler.toml');
}

const scratch = mkdtempSync(join(tmpdir(), 'thalweg-worker-'));
try {
  await checkUpload('example', join(root, 'wrangler.toml'), scratch);
  await checkUpload('demo', await buildDemo(scratch), scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
