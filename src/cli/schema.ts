/** `thalweg schema`: the JSON Schema of the configuration, for editors. */
import type { Command } from 'commander';
import { formatJsonSchema } from '../config/json-schema.ts';
import { language } from './configuration.ts';
import { ExitCode } from './exit-code.ts';
import { print, type Terminal } from './terminal.ts';

/** Describes the command; `run` takes what it does. */
export function describeSchema(command: Command, run: () => Promise<void>): void {
  command
    .description('print the JSON Schema of the configuration')
    .option('--json', 'the same: the schema is JSON')
    .action(run);
}

/** Prints the schema as it is published in schema.json. */
export async function printSchema(terminal: Terminal): Promise<ExitCode> {
  print(terminal, formatJsonSchema(language));
  return ExitCode.ok;
}
