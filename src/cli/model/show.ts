/** `thalweg model show`: what a signature says, which proves nothing. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describeBundle, type Claim } from '../../trust/describe.ts';
import { manifestDigestOf, rootDigestOf } from '../../trust/manifest.ts';
import { readBundleFile } from '../../trust/node/verify-model.ts';
import { ExitCode } from '../exit-code.ts';
import { count, paint, print, printJson, say, type Terminal } from '../terminal.ts';
import { asCommand } from './failure.ts';
import { printable } from './printable.ts';
import { day } from './verdict.ts';

/** The flags of `show`. */
export interface ShowOptions {
  readonly files?: boolean;
  readonly json?: boolean;
}

/** Describes the command. */
export function describeShow(command: Command, run: (bundle: string, options: ShowOptions) => Promise<void>): void {
  command
    .description('show what a signature says of itself, without verifying anything')
    .argument('<signature>', 'the bundle, such as model.sig')
    .option('--files', 'list the digest of every file')
    .option('--json', 'print one JSON object')
    .action(run);
}

/** Shows a bundle. */
export async function show(bundle: string, options: ShowOptions, terminal: Terminal): Promise<ExitCode> {
  return asCommand('verify', async () => {
    const claim = describeBundle(await readBundleFile(resolve(terminal.cwd, bundle)));
    const rootDigest = await rootDigestOf(claim.manifest);
    if (options.json) {
      const manifestDigest = await manifestDigestOf(claim.manifest);
      const { manifest: signed, rootDigest: statedRoot, certificates, ...rest } = claim;
      const resources = signed.resources.map((resource) => ({ ...resource }));
      const manifest = { ...signed, resources, ignorePaths: [...signed.ignorePaths] };
      printJson(terminal, {
        ok: true,
        verified: false,
        ...rest,
        certificates: certificates.map(({ names, ...certificate }) => ({ ...certificate, names: [...names] })),
        statedRoot,
        rootDigest,
        manifestDigest,
        manifest,
      });
      return ExitCode.ok;
    }
    print(terminal, format(bundle, claim, rootDigest, options.files === true, terminal));
    say(
      terminal,
      'thalweg: nothing of this is verified; anybody can write such a file. thalweg model verify proves it.\n',
    );
    return ExitCode.ok;
  });
}

function format(bundle: string, claim: Claim, rootDigest: string, withFiles: boolean, { stdout }: Terminal): string {
  const { manifest, method, hint, certificates, subject } = claim;
  const { resources, ignorePaths, hashType, method: form } = manifest;
  const rows: [string, string][] = [
    ['method', method],
    ...(hint === null ? [] : [['key hint', hint] as [string, string]]),
    ...certificates.map(({ names, subject: of, issuer, notBeforeMs, notAfterMs }, i): [string, string] => [
      i === 0 ? 'signer' : 'issuer',
      `${[...names, of].filter((name) => name !== '').join(', ')}, issued by ${issuer}, ${day(notBeforeMs)} to ${day(notAfterMs)}`,
    ]),
    ...(subject === '' ? [] : [['called', subject] as [string, string]]),
    ['root', `sha256:${rootDigest}`],
    ['covers', `${count(resources.length, form === 'files' ? 'file' : 'shard')}, hashed with ${hashType}`],
    ...(ignorePaths.length === 0 ? [] : [['leaves out', ignorePaths.join(', ')] as [string, string]]),
    ...(withFiles ? resources.map(({ name, digest }): [string, string] => [hashType, `${digest}  ${name}`]) : []),
  ];
  const head = `${paint(stdout, 'yellow', 'not verified')} ${bundle} says`;
  return `${head}\n${rows.map(([label, text]) => `  ${label.padEnd(10)}  ${printable(text)}\n`).join('')}`;
}
