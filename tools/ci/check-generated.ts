/** Proves that the files which are generated from the code say what the code says today. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { verdict } from './verdict.ts';

const root = join(import.meta.dirname, '../..');

/** A committed file and the command line that prints it. */
const GENERATED = [
  { file: 'schema.json', args: ['bin/thalweg.mjs', 'schema'], mend: 'npm run schema' },
  { file: 'docs/errors.md', args: ['tools/docs/error-page.ts'], mend: 'npm run docs:errors' },
  {
    file: 'docs/protocols.md',
    args: ['tools/docs/protocols.ts'],
    mend: 'node_modules/.bin/node tools/docs/protocols.ts > docs/protocols.md',
  },
] as const;

for (const { file, args, mend } of GENERATED) {
  const path = join(root, file);
  const { code, stdout, stderr } = await runCommand(process.execPath, args, { cwd: root });
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
  verdict(code === 0 && committed === stdout, `${file} is current; else: ${mend}`, stderr);
}
