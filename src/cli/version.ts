/** `thalweg version`: which Thalweg, and what it runs on. */
import type { Command } from 'commander';
import { EDITION } from '../../providers/price-book.ts';
import { VERSION } from '../core/version.ts';
import { ExitCode } from './exit-code.ts';
import { print, printJson, type Terminal } from './terminal.ts';

/** The flags of `version`. */
export interface VersionOptions {
  readonly json?: boolean;
}

/** Describes the command; `run` takes what it does. */
export function describeVersion(command: Command, run: (options: VersionOptions) => Promise<void>): void {
  command
    .description('print the version, and the edition of the price book')
    .option('--json', 'print one JSON object')
    .action(run);
}

/** Prints the versions. */
export async function printVersion({ json }: VersionOptions, terminal: Terminal): Promise<ExitCode> {
  const { node } = process.versions;
  const { version, publishedOn } = EDITION;
  if (json) printJson(terminal, { version: VERSION, node, prices: { version, published_on: publishedOn } });
  else print(terminal, `thalweg ${VERSION} (Node ${node}, prices ${version} of ${publishedOn})\n`);
  return ExitCode.ok;
}
