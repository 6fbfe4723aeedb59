/** Lets the Python reference (node tools/interop/model-signing.ts PYTHON, with model-signing and pyopenssl) and Thalweg verify each other's signatures. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  certificatePem,
  makeKey,
  privatePem,
  publicPem,
  type CertificateForm,
} from '../../test/support/certificates.ts';

const [python] = process.argv.slice(2);
if (python === undefined || spawnSync(python, ['-c', 'import model_signing, OpenSSL']).status !== 0) {
  process.stderr.write(
    'SKIPPED: interop with the Python reference was not checked.\n' +
      'Name an interpreter after: python3 -m venv V && V/bin/pip install model-signing pyopenssl\n',
  );
  process.exit(0);
}

const bin = join(import.meta.dirname, '../../bin/thalweg.mjs');
const NAMES = [
  'config.json',
  'a b.txt',
  'a-b',
  'a/b',
  'onnx.json',
  'onnx/model.onnx',
  '😀',
  '\ue000',
  'c:d',
  '.hidden/x',
  'empty',
];
let failures = 0;

function makeBench(curve: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'thalweg-interop-'));
  const key = makeKey(curve);
  const root = { subject: 'root', key: makeKey('P-384'), isCa: true } satisfies CertificateForm;
  const middle = { subject: 'middle', key: makeKey(), issuer: root, isCa: true } satisfies CertificateForm;
  const leaf = { subject: 'signer', key, issuer: middle } satisfies CertificateForm;
  const files: Record<string, string> = {
    'key.pem': privatePem(key),
    'key.pub': publicPem(key),
    'leaf.pem': certificatePem(leaf),
    'middle.pem': certificatePem(middle),
    'root.pem': certificatePem(root),
  };
  for (const name of NAMES) files[`model/${name}`] = name === 'empty' ? '' : `contents of ${name}`;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

type Client = 'Thalweg' | 'Python';

function run(client: Client, cwd: string, line: string): void {
  // The released client writes its flags with underscores.
  const args = line.split(' ').map((word) => (client === 'Python' && word.startsWith('--') ? underscored(word) : word));
  const [command, before]: [string, string[]] =
    client === 'Python' ? [python ?? '', ['-m', 'model_signing']] : [process.execPath, [bin, 'model']];
  const { status, stderr, stdout } = spawnSync(command, [...before, ...args], { cwd, encoding: 'utf8' });
  if (status === 0) return;
  failures++;
  process.stdout.write(`FAILED ${client}: ${line}\n${stdout}${stderr}\n`);
}

function underscored(flag: string): string {
  return `--${flag.slice(2).replaceAll('-', '_')}`;
}

function signWith(client: Client, cwd: string, method: string): void {
  const chain = method === 'key' ? '' : ' --signing-certificate leaf.pem --certificate-chain middle.pem';
  run(client, cwd, `sign ${method} model --signature model.sig --private-key key.pem${chain}`);
}

function verifyWith(client: Client, cwd: string, method: string): void {
  const identity = client === 'Thalweg' ? ' --identity CN=signer' : '';
  const trusted = method === 'key' ? '--public-key key.pub' : `--certificate-chain root.pem${identity}`;
  run(client, cwd, `verify ${method} model --signature model.sig ${trusted}`);
}

let checks = 0;
let held = 0;
for (const curve of ['P-256', 'P-384', 'P-521']) {
  for (const method of ['key', 'certificate']) {
    for (const [signer, verifier] of [
      ['Thalweg', 'Python'],
      ['Python', 'Thalweg'],
    ] as const) {
      const cwd = makeBench(curve);
      const before = failures;
      signWith(signer, cwd, method);
      verifyWith(verifier, cwd, method);
      rmSync(cwd, { recursive: true, force: true });
      checks++;
      if (failures === before) held++;
      process.stdout.write(
        `${failures === before ? 'ok    ' : 'FAILED'} ${signer} signs, ${verifier} verifies: ${method} on ${curve}\n`,
      );
    }
  }
}
process.stdout.write(`${held} of ${checks} hold\n`);
process.exitCode = failures === 0 ? 0 : 1;
