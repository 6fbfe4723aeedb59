/** `sign-model` and `verify-model`: the hidden commands of the public conformance suite for model signing; exit code 0 or 1. */
import type { Command } from 'commander';
import type { TrustAnchor } from '../../trust/anchor.ts';
import { loadCertificates, loadKeylessVerifier, loadPublicKey, loadSigner } from '../../trust/node/anchors.ts';
import { signModel } from '../../trust/node/sign-model.ts';
import { verifyModel } from '../../trust/node/verify-model.ts';
import { strictPolicy } from '../../trust/verify.ts';
import { ExitCode } from '../exit-code.ts';
import { say, type Terminal } from '../terminal.ts';
import { collect } from './places.ts';
import { printable } from './printable.ts';
import { summarizeFiles } from './verdict.ts';

/** The flags that the protocol names (conformance_adapter_cli_protocol.md). */
export interface ConformanceOptions {
  readonly method?: string;
  readonly modelPath?: string;
  readonly outputBundle?: string;
  readonly bundle?: string;
  readonly privateKey?: string;
  readonly publicKey?: string;
  readonly signingCert?: string;
  readonly certChain?: readonly string[];
  readonly ignorePaths?: readonly string[];
  readonly ignoreUnsignedFiles?: boolean;
  readonly identity?: string;
  readonly identityProvider?: string;
  readonly trustedRoot?: string;
}

/** Describes either command: the protocol lets unknown flags pass. */
export function describeConformance(command: Command, run: (options: ConformanceOptions) => Promise<void>): void {
  command
    .option('--method <method>')
    .option('--model-path <path>')
    .option('--output-bundle <file>')
    .option('--bundle <file>')
    .option('--private-key <file>')
    .option('--public-key <file>')
    .option('--signing-cert <file>')
    .option('--cert-chain <file>', '', collect)
    .option('--ignore-paths <path>', '', collect)
    .option('--ignore-unsigned-files')
    .option('--identity <name>')
    .option('--identity-provider <url>')
    .option('--trusted-root <file>')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(run);
}

/** Signs as the suite asks. */
export function signForSuite(options: ConformanceOptions, terminal: Terminal): Promise<ExitCode> {
  return passOrFail(terminal, async () => {
    const isCertificate = need(options, 'method') === 'certificate';
    if (!isCertificate && options.method !== 'key') throw new TypeError('only key and certificate sign here');
    await signModel({
      root: need(options, 'modelPath'),
      output: need(options, 'outputBundle'),
      signer: await loadSigner({
        privateKey: need(options, 'privateKey'),
        passphrase: terminal.env['THALWEG_KEY_PASSPHRASE'] ?? null,
        certificates: isCertificate ? [need(options, 'signingCert'), ...(options.certChain ?? [])] : [],
      }),
      ignorePaths: options.ignorePaths ?? [],
      singleFileDot: false,
    });
  });
}

/** Verifies as the suite asks: signatures of 0.2 pass, and certificates need no identity. */
export function verifyForSuite(options: ConformanceOptions, terminal: Terminal): Promise<ExitCode> {
  return passOrFail(terminal, async () => {
    const root = need(options, 'modelPath');
    const verdict = await verifyModel({
      root,
      signature: need(options, 'bundle'),
      anchor: await loadAnchor(options, terminal),
      policy: { ...strictPolicy(Date.now()), acceptVersion02: true },
      ignorePaths: options.ignorePaths ?? [],
      ignoreUnsigned: options.ignoreUnsignedFiles === true ? 'all' : 'none',
    });
    if (!verdict.ok) throw new TypeError(`files-differ: ${root}: ${summarizeFiles(verdict)}`);
  });
}

async function loadAnchor(options: ConformanceOptions, { env }: Terminal): Promise<TrustAnchor> {
  const method = need(options, 'method');
  if (method === 'key') return { method, key: await loadPublicKey(need(options, 'publicKey')) };
  if (method === 'certificate') {
    const authorities = await loadCertificates(options.certChain ?? []);
    return { method, authorities, identity: { kind: 'anyone' }, deniedKeys: new Set() };
  }
  if (method !== 'sigstore') throw new TypeError(`unknown method ${method}`);
  const verifier = await loadKeylessVerifier(options.trustedRoot ?? env['THALWEG_TRUSTED_ROOT'] ?? 'trusted_root.json');
  return { method, verifier, identity: need(options, 'identity'), issuer: need(options, 'identityProvider') };
}

type TextOption = Exclude<keyof ConformanceOptions, 'certChain' | 'ignorePaths' | 'ignoreUnsignedFiles'>;

function need(options: ConformanceOptions, name: TextOption): string {
  const value = options[name];
  if (value === undefined) throw new TypeError(`the flag for ${name} is missing`);
  return value;
}

async function passOrFail(terminal: Terminal, run: () => Promise<void>): Promise<ExitCode> {
  try {
    await run();
    return ExitCode.ok;
  } catch (error) {
    say(terminal, `thalweg: ${printable(error instanceof Error ? error.message : String(error))}\n`);
    return ExitCode.failure;
  }
}
