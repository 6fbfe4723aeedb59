/** `thalweg model digest`: the root digest that a signature of a model would have. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { manifestDigestOf, rootDigestOf } from '../../trust/manifest.ts';
import { hashForSigning } from '../../trust/node/sign-model.ts';
import { TrustError } from '../../trust/trust-error.ts';
import { ExitCode } from '../exit-code.ts';
import { print, printJson, type Terminal } from '../terminal.ts';
import { asCommand } from './failure.ts';
import { describeHashing, whileHashing, type HashingFlags } from './hashing.ts';
import { collect, resolveAll, signatureOf } from './places.ts';
import { printable } from './printable.ts';

/** The flags of `digest`. */
export interface DigestOptions extends HashingFlags {
  readonly signature?: string;
  readonly ignorePaths?: readonly string[];
  readonly files?: boolean;
  readonly json?: boolean;
}

/** Describes the command. */
export function describeDigest(command: Command, run: (model: string, options: DigestOptions) => Promise<void>): void {
  command
    .description('print the root digest of a model: what --expect-root takes')
    .argument('<model>', 'the folder of the model, or one file')
    .option('--signature <file>', 'the signature, which is left out; otherwise model.sig in the folder of the model')
    .option('--ignore-paths <path>', 'a file or folder of the model to leave out; may be repeated', collect)
    .option('--files', 'print the digest of every file too')
    .option('--json', 'print one JSON object with the digest of every file')
    .action(run);
  describeHashing(command);
}

/** Hashes a model and prints its digests. */
export async function digest(model: string, options: DigestOptions, terminal: Terminal): Promise<ExitCode> {
  return asCommand('sign', async () => {
    const ignorePaths = resolveAll(options.ignorePaths, terminal);
    const output = signatureOf(model, options.signature, terminal);
    const root = resolve(terminal.cwd, model);
    const { manifest } = await whileHashing(options, terminal, (hashing) =>
      hashForSigning(root, output, ignorePaths, hashing),
    );
    if (manifest.resources.length === 0) throw new TrustError('model-empty', model, 'has no file to hash');
    const rootDigest = await rootDigestOf(manifest);
    if (options.json) {
      const files = manifest.resources.map(({ name, digest: sha256 }) => ({ name, sha256 }));
      printJson(terminal, { ok: true, rootDigest, manifestDigest: await manifestDigestOf(manifest), files });
      return ExitCode.ok;
    }
    for (const { name, digest: sha256 } of options.files ? manifest.resources : []) {
      print(terminal, `sha256:${sha256}  ${printable(name)}\n`);
    }
    print(terminal, `sha256:${rootDigest}${options.files ? '  (root)' : ''}\n`);
    return ExitCode.ok;
  });
}
