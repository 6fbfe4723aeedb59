/** `thalweg model inspect`: what a model would bring into a process that loads it; nothing of it is run. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { INSPECT_POLICY, mayLoad, type InspectPolicy } from '../../artifact/inspect.ts';
import { createSkip, DEFAULT_IGNORES } from '../../trust/ignore.ts';
import { inspectModel } from '../../trust/node/inspect-model.ts';
import { ExitCode } from '../exit-code.ts';
import { paint, print, printJson, type Terminal } from '../terminal.ts';
import { asCommand } from './failure.ts';
import { findingsToText, inspectionToJson, summarizeFindings } from './inspection.ts';
import { collect, readDigests } from './places.ts';
import { printable } from './printable.ts';

/** The flags of `inspect`. */
export interface InspectCommandOptions {
  readonly template?: readonly string[];
  readonly json?: boolean;
}

/** Describes the command. */
export function describeInspect(
  command: Command,
  run: (model: string, options: InspectCommandOptions) => Promise<void>,
): void {
  command
    .description('look for what a loader must not open: pickles, archives, code, broken headers, odd templates')
    .argument('<model>', 'the folder of the model, or one file')
    .option('--template <sha256>', 'a chat template that was reviewed; no other may be there; may be repeated', collect)
    .option('--json', 'print one JSON object')
    .action(run);
}

/** Inspects a model; something that must not be loaded is exit code 4. */
export async function inspect(model: string, options: InspectCommandOptions, terminal: Terminal): Promise<ExitCode> {
  return asCommand('verify', async () => {
    const policy = readPolicy(options);
    const skip = createSkip([...DEFAULT_IGNORES, 'model.sig']);
    const inspection = await inspectModel(resolve(terminal.cwd, model), { skip, policy });
    const isFine = mayLoad(inspection);
    if (options.json) printJson(terminal, inspectionToJson(inspection));
    else {
      const head = isFine ? paint(terminal.stdout, 'green', 'may load') : paint(terminal.stdout, 'red', 'do not load');
      const { weights, templates } = inspection;
      const facts = weights.map(({ file, format }) => `  weights   ${printable(file)} (${format})\n`).join('');
      const pins = templates.map(({ file, sha256 }) => `  template  sha256:${sha256}  ${printable(file)}\n`).join('');
      print(terminal, `${head} ${model}: ${summarizeFindings(inspection)}\n${facts}${pins}`);
      print(terminal, findingsToText(inspection, terminal));
    }
    return isFine ? ExitCode.ok : ExitCode.unverified;
  });
}

function readPolicy({ template }: InspectCommandOptions): InspectPolicy {
  return template === undefined
    ? INSPECT_POLICY
    : { ...INSPECT_POLICY, templates: [...readDigests('--template', template)] };
}
