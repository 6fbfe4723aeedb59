/** `thalweg check`: everything that a start checks, without starting. */
import type { Command } from 'commander';
import { findingsToJson } from '../config/format.ts';
import { inOrder, type PlacedFinding } from '../config/place.ts';
import type { WholeConfig } from '../core/config.ts';
import { proveWithFiles } from '../node.ts';
import { compileOptions, locateConfiguration, readConfiguration } from './configuration.ts';
import { ExitCode } from './exit-code.ts';
import { countFindings, sayFindings } from './findings.ts';
import { count, paint, print, printJson, say, type Terminal } from './terminal.ts';

/** The flags of `check`. */
export interface CheckOptions {
  readonly config?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Describes the command; `run` takes what it does. */
export function describeCheck(
  command: Command,
  run: (file: string | undefined, options: CheckOptions) => Promise<void>,
): void {
  command
    .description('check a configuration: its form, its references, its expressions, its secrets and its own tests')
    .argument('[file]', 'configuration; otherwise the nearest thalweg.yaml from here upward')
    .option('-c, --config <file>', 'the same as the argument')
    .option('--strict', 'treat warnings as errors')
    .option('--json', 'print one JSON object')
    .action(run);
}

/** Checks a configuration; the errors leave as a ConfigError. */
export async function check(
  file: string | undefined,
  { config, strict, json }: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const configuration = await readConfiguration(locateConfiguration(terminal, file ?? config), terminal);
  const { name, whole, ports, loaded } = configuration;
  const found: PlacedFinding[] = [];
  const { digest, policy } = await proveWithFiles(loaded, compileOptions(configuration, ports), (more) =>
    found.push(...more),
  );
  const warnings = inOrder([...configuration.warnings, ...found]);
  const isRefused = strict === true && warnings.length > 0;
  if (json) {
    const digests = { digest, policy: policy.digest };
    printJson(terminal, {
      ok: !isRefused,
      file: name,
      ...digests,
      counts: countsOf(whole),
      findings: findingsToJson(warnings),
    });
  } else {
    sayFindings(terminal, warnings);
    if (isRefused) say(terminal, `thalweg: ${countFindings(warnings)}, refused by --strict.\n`);
    else print(terminal, `${paint(terminal.stdout, 'green', 'ok')} ${name}: ${describeCounts(whole)}\n`);
  }
  return isRefused ? ExitCode.configuration : ExitCode.ok;
}

function countsOf({ backends, models, constraints, rules, keys, tests }: WholeConfig): Record<string, number | null> {
  return {
    backends: Object.keys(backends).length,
    models: Object.keys(models).length,
    constraints: constraints.length,
    rules: rules.length,
    keys: keys === null ? null : Object.keys(keys).length,
    tests: tests.length,
  };
}

function describeCounts(whole: WholeConfig): string {
  return Object.entries(countsOf(whole))
    .filter(([, amount]) => amount !== null && amount > 0)
    .map(([noun, amount]) =>
      noun === 'tests' ? `${count(amount ?? 0, 'test')} passed` : count(amount ?? 0, noun.slice(0, -1)),
    )
    .join(', ');
}
