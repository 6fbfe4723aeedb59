/** `thalweg model sign key|certificate`: signs a model with a private key in a file. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { keyDigestOf } from '../../crypto/public-key.ts';
import { loadSigner } from '../../trust/node/anchors.ts';
import { signModel } from '../../trust/node/sign-model.ts';
import { CommandError } from '../command-error.ts';
import { nameOf } from '../configuration.ts';
import { ExitCode } from '../exit-code.ts';
import { count, paint, print, printJson, say, type Terminal } from '../terminal.ts';
import { asCommand } from './failure.ts';
import { describeHashing, whileHashing, type HashingFlags } from './hashing.ts';
import { collect, resolveAll, signatureOf } from './places.ts';

/** The flags of `sign key` and `sign certificate`. */
export interface SignOptions extends HashingFlags {
  readonly privateKey: string;
  readonly signingCertificate?: string;
  readonly certificateChain?: readonly string[];
  readonly signature?: string;
  readonly ignorePaths?: readonly string[];
  readonly compatSingleFile?: string;
  readonly json?: boolean;
}

type Run = (model: string, options: SignOptions) => Promise<void>;

/** Describes both commands. */
export function describeSign(command: Command, run: Run): void {
  command.description('sign a model as OpenSSF Model Signing v1.0 says; the signature covers every file');
  describe(command.command('key').description('with a private key: verifiers need its public half'), run);
  describe(command.command('certificate').description('with a private key and certificates for it'), run)
    .requiredOption('--signing-certificate <file>', 'the certificate of the key, PEM')
    .option('--certificate-chain <file>', 'certificates of its issuers, without the root; may be repeated', collect);
}

function describe(command: Command, run: Run): Command {
  command
    .argument('<model>', 'the folder of the model, or one file')
    .requiredOption('--private-key <file>', 'ECDSA key on P-256, P-384 or P-521, PEM')
    .option('--signature <file>', 'where the signature goes; otherwise model.sig in the folder of the model')
    .option('--ignore-paths <path>', 'a file or folder of the model to leave out; may be repeated', collect)
    .option('--compat-single-file <form>', 'dot: name a model that is one file as the Python client does')
    .option('--json', 'print one JSON object')
    .action(run);
  return describeHashing(command);
}

/** Signs; a certificate is used where one is given. */
export async function sign(model: string, options: SignOptions, terminal: Terminal): Promise<ExitCode> {
  const { privateKey, signingCertificate, certificateChain = [], compatSingleFile, json } = options;
  if (compatSingleFile !== undefined && compatSingleFile !== 'dot') {
    throw new CommandError(ExitCode.usage, 'bad-flag', '--compat-single-file takes dot, nothing else.');
  }
  const certificates = signingCertificate === undefined ? [] : [signingCertificate, ...certificateChain];
  return asCommand('sign', async () => {
    const signer = await loadSigner({
      privateKey: resolve(terminal.cwd, privateKey),
      passphrase: terminal.env['THALWEG_KEY_PASSPHRASE'] ?? null,
      certificates: resolveAll(certificates, terminal),
    });
    const output = signatureOf(model, options.signature, terminal);
    const signed = await whileHashing(options, terminal, (hashing) =>
      signModel({
        root: resolve(terminal.cwd, model),
        signer,
        output,
        ignorePaths: resolveAll(options.ignorePaths, terminal),
        singleFileDot: compatSingleFile === 'dot',
        hashing,
      }),
    );
    const { rootDigest, manifest } = signed;
    const keyDigest = await keyDigestOf(signer.publicKey);
    if (json) {
      const files = manifest.resources.map(({ name }) => name);
      const method = signer.chain === null ? 'key' : 'certificate';
      printJson(terminal, { ok: true, signature: output, method, keyDigest, rootDigest, files });
      return ExitCode.ok;
    }
    if (signed.isFile && compatSingleFile === undefined) say(terminal, ONE_FILE);
    print(
      terminal,
      `${paint(terminal.stdout, 'green', 'signed')} ${count(manifest.resources.length, 'file')} of ${model}\n` +
        `  signature  ${nameOf(output, terminal)}\n  root       sha256:${rootDigest}\n  key        sha256:${keyDigest}\n`,
    );
    return ExitCode.ok;
  });
}

const ONE_FILE =
  'thalweg: the Python client verifies a model that is one file only with --compat-single-file dot; ' +
  'a folder is verified by every client.\n';
