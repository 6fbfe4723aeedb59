/** `thalweg model verify key|certificate|sigstore`: who signed a model, and whether it still is what was signed. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LeafIdentity, TrustAnchor } from '../../trust/anchor.ts';
import { loadCertificates, loadKeylessVerifier, loadPublicKey } from '../../trust/node/anchors.ts';
import { inspectModel } from '../../trust/node/inspect-model.ts';
import { verifyModel } from '../../trust/node/verify-model.ts';
import { TrustError } from '../../trust/trust-error.ts';
import { CommandError } from '../command-error.ts';
import { ExitCode } from '../exit-code.ts';
import { print, printJson, say, type Terminal } from '../terminal.ts';
import { asCommand } from './failure.ts';
import { describeHashing, whileHashing, type HashingFlags } from './hashing.ts';
import { collect, readDigests, resolveAll, signatureOf } from './places.ts';
import { explainRefusal, isFine, outcomeToJson, outcomeToText, type Outcome } from './verdict.ts';

/** The flags of all three commands. */
export interface VerifyOptions extends HashingFlags {
  readonly publicKey?: string;
  readonly certificateChain?: readonly string[];
  readonly identity?: string;
  readonly signerKey?: string;
  readonly denyKey?: readonly string[];
  readonly identityProvider?: string;
  readonly trustedRoot?: string;
  readonly signature?: string;
  readonly expectRoot?: readonly string[];
  readonly ignorePaths?: readonly string[];
  readonly ignoreUnsignedFiles?: boolean;
  readonly allowIgnored?: readonly string[];
  readonly allowSymlinks?: boolean;
  readonly compat?: string;
  readonly inspect?: boolean;
  readonly json?: boolean;
}

/** The three methods. */
export type VerifyMethod = TrustAnchor['method'];

type Run = (method: VerifyMethod, model: string, options: VerifyOptions) => Promise<void>;

/** Describes the three commands. */
export function describeVerify(command: Command, run: Run): void {
  command.description(
    'verify who signed a model and that no file was changed, added or removed since; exit code 4 if not',
  );
  describe(command, 'key', 'against a public key', run).option('--public-key <file>', 'the key that you trust, PEM');
  describe(command, 'certificate', 'against an identity in certificates under your own roots', run)
    .option('--certificate-chain <file>', 'the roots that you trust, PEM; may be repeated', collect)
    .option('--identity <name>', 'alternative name or subject (CN=signer,O=Example) of the signer, exactly')
    .option('--signer-key <sha256>', 'instead: SHA-256 of the public key of the signer (DER)')
    .option('--deny-key <sha256>', 'a public key that was withdrawn; may be repeated', collect);
  describe(command, 'sigstore', 'against a keyless identity, without any network', run)
    .option('--identity <name>', 'the e-mail address or URI of the signer, exactly')
    .option('--identity-provider <url>', 'the issuer that vouched for it, exactly')
    .option('--trusted-root <file>', 'trusted_root.json of the Sigstore instance; otherwise THALWEG_TRUSTED_ROOT');
}

function describe(parent: Command, method: VerifyMethod, description: string, run: Run): Command {
  const command = parent
    .command(method)
    .description(description)
    .argument('<model>', 'the folder of the model, or one file')
    .option('--signature <file>', 'the signature; otherwise model.sig in the folder of the model')
    .option('--expect-root <sha256>', 'accept only this root digest; may be repeated', collect)
    .option('--ignore-paths <path>', 'a file or folder of the model not to look at; may be repeated', collect)
    .option('--ignore-unsigned-files', 'accept files that are not signed, except those that loaders read')
    .option('--allow-ignored <name>', 'a file that loaders read and that the signer may leave out', collect)
    .option('--allow-symlinks', 'accept links, within the model, where the signature says so')
    .option('--inspect', 'refuse too what model inspect refuses')
    .option('--compat <version>', 'v0.2: accept signatures of the Python client before v1.0')
    .option('--json', 'print one JSON object')
    .action((model: string, options: VerifyOptions) => run(method, model, options));
  return describeHashing(command);
}

/** Verifies a model. */
export async function verify(
  method: VerifyMethod,
  model: string,
  options: VerifyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.compat !== undefined && options.compat !== 'v0.2') {
    throw new CommandError(ExitCode.usage, 'bad-flag', '--compat takes v0.2, nothing else.');
  }
  const allowedRoots = options.expectRoot === undefined ? null : readDigests('--expect-root', options.expectRoot);
  return asCommand('verify', async () => {
    const anchor = await loadAnchor(method, options, terminal);
    const policy = {
      nowMs: Date.now(),
      allowedRoots,
      allowedIgnores: new Set(options.allowIgnored ?? []),
      acceptVersion02: options.compat === 'v0.2',
      allowSymlinks: options.allowSymlinks === true,
    };
    const root = resolve(terminal.cwd, model);
    const verdict = await whileHashing(options, terminal, (hashing) =>
      verifyModel({
        root,
        signature: signatureOf(model, options.signature, terminal),
        anchor,
        policy,
        ignorePaths: resolveAll(options.ignorePaths, terminal),
        ignoreUnsigned: options.ignoreUnsignedFiles === true ? 'unread' : 'none',
        hashing,
      }),
    );
    // The signature first: what nobody vouches for is not even looked into.
    const inspection = verdict.ok ? await inspectModel(root, { skip: verdict.skip }) : null;
    const outcome: Outcome = { model, verdict, inspection, isInspectionBinding: options.inspect === true };
    if (options.json) printJson(terminal, outcomeToJson(outcome));
    else {
      print(terminal, outcomeToText(outcome, terminal));
      say(terminal, explainRefusal(outcome));
    }
    return isFine(outcome) ? ExitCode.ok : ExitCode.unverified;
  });
}

/** Whom the flags trust. @throws TrustError where they name nobody */
async function loadAnchor(method: VerifyMethod, options: VerifyOptions, terminal: Terminal): Promise<TrustAnchor> {
  const { publicKey, identity, identityProvider } = options;
  if (method === 'key') {
    if (publicKey === undefined) throw nobody('--public-key FILE');
    return { method, key: await loadPublicKey(resolve(terminal.cwd, publicKey)) };
  }
  if (method === 'certificate') {
    const paths = resolveAll(options.certificateChain, terminal);
    if (paths.length === 0) throw nobody('--certificate-chain FILE');
    const deniedKeys = readDigests('--deny-key', options.denyKey);
    return { method, authorities: await loadCertificates(paths), identity: readIdentity(options), deniedKeys };
  }
  const trustedRoot = options.trustedRoot ?? terminal.env['THALWEG_TRUSTED_ROOT'];
  if (trustedRoot === undefined) throw nobody('--trusted-root FILE');
  if (identity === undefined || identityProvider === undefined) {
    throw new TrustError('identity-missing', 'command line', 'needs both --identity and --identity-provider');
  }
  const verifier = await loadKeylessVerifier(resolve(terminal.cwd, trustedRoot));
  return { method, verifier, identity, issuer: identityProvider };
}

function readIdentity({ identity, signerKey }: VerifyOptions): LeafIdentity {
  const [sha256] = readDigests('--signer-key', signerKey === undefined ? [] : [signerKey]);
  if (sha256 !== undefined) return { kind: 'key', sha256 };
  if (identity !== undefined) return { kind: 'name', name: identity };
  const what = 'whoever the roots vouch for could sign: give --identity NAME or --signer-key sha256:…';
  throw new TrustError('identity-missing', 'command line', what);
}

function nobody(flag: string): TrustError {
  return new TrustError('trust-root-missing', 'command line', `${flag} is not given`);
}
