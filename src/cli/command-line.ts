/** The command line: every command, its examples, and how a run ends. */
import { Command, CommanderError } from 'commander';
import { ArtifactError } from '../artifact/artifact-error.ts';
import { ConfigError } from '../config/config-error.ts';
import { VERSION } from '../core/version.ts';
import { buildWorker, describeBuildWorker } from './build-worker.ts';
import { check, describeCheck } from './check.ts';
import { CommandError } from './command-error.ts';
import { ExitCode } from './exit-code.ts';
import { describeExplain, explainRequest } from './explain.ts';
import { sayRefusal } from './findings.ts';
import { describeModel } from './model/index.ts';
import { describeRun, run } from './run.ts';
import { describeSchema, printSchema } from './schema.ts';
import { describeServe, serve } from './serve.ts';
import { TrustError } from '../trust/trust-error.ts';
import { printJson, say, showsColor, type Terminal } from './terminal.ts';
import { describeTrust } from './trust-status.ts';
import { describeVersion, printVersion } from './version.ts';

const EXAMPLES = `Examples:
  thalweg                                     serve the nearest thalweg.yaml from here upward, else the demo
  thalweg run                                 chat in this terminal, over the same configuration
  thalweg run assistant "Hello"               one question to one model
  thalweg check --strict                      everything that a start checks, and warnings count
  thalweg explain -m assistant -p "Hello"     who may answer, who may not, and why
  thalweg explain --down gpu-a --json         the same with a backend down, for programs
  thalweg build worker -o worker              a folder for wrangler deploy
  thalweg model verify key DIR --public-key K whether a model still is what its signer signed
  thalweg trust status                        which signed models are verified now, and what their servers say
`;

const CODES = `
Exit codes: 0 fine, 1 failure, 2 usage, 3 configuration or trust root missing or invalid, 4 not verified,
5 refused by policy, 130 interrupted.
Data goes to stdout, messages to stderr; NO_COLOR is respected.
`;

/** Runs one command; what goes wrong is printed and becomes an exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = ExitCode.ok;
  const json = args.includes('--json');
  const program = createProgram(terminal, json, (outcome) => {
    code = outcome;
  });
  try {
    await program.parseAsync(args.length === 0 ? ['serve'] : args, { from: 'user' });
    return code;
  } catch (error) {
    return explainFailure(error, terminal, json);
  }
}

function createProgram(terminal: Terminal, json: boolean, end: (code: ExitCode) => void): Command {
  const program = new Command('thalweg')
    .description(
      'a model-agnostic inference gateway: policies decide, bytes pass through, every decision can be explained',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', CODES)
    .showHelpAfterError('Run thalweg --help for the commands and their flags.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void (json || terminal.stderr.write(text)),
      outputError: (text, write) => write(text.replace(/^error: /, 'thalweg: ')),
      getOutHasColors: () => showsColor(terminal.stdout),
      getErrHasColors: () => showsColor(terminal.stderr),
    });
  describeServe(program.command('serve'), async (options) => end(await serve(options, terminal)));
  describeRun(program.command('run'), async (words, options) => end(await run(words, options, terminal)));
  describeCheck(program.command('check'), async (file, options) => end(await check(file, options, terminal)));
  describeExplain(program.command('explain'), async (options) => end(await explainRequest(options, terminal)));
  describeSchema(program.command('schema'), async () => end(await printSchema(terminal)));
  const build = program.command('build').description('build for another runtime');
  describeBuildWorker(build.command('worker'), async (options) => end(await buildWorker(options, terminal)));
  describeModel(program, terminal, end);
  describeTrust(program, terminal, end);
  describeVersion(program.command('version'), async (options) => end(await printVersion(options, terminal)));
  return program;
}

function explainFailure(error: unknown, terminal: Terminal, json: boolean): ExitCode {
  if (error instanceof CommanderError) return explainUsage(error, terminal, json);
  if (error instanceof ConfigError) {
    sayRefusal(terminal, error, json);
    return ExitCode.configuration;
  }
  const { message, code, facts, exitCode } = error instanceof CommandError ? error : unexpected(error);
  if (json) printJson(terminal, { ok: false, error: { code, message, ...facts } });
  else say(terminal, `thalweg: ${message}\n`);
  return exitCode;
}

/** Help and usage are already printed, except for programs. */
function explainUsage({ code, exitCode, message }: CommanderError, terminal: Terminal, json: boolean): ExitCode {
  if (exitCode === 0) return ExitCode.ok;
  const what = code === 'commander.help' ? 'a command is missing; --help lists them' : message.replace(/^error: /, '');
  if (json) printJson(terminal, { ok: false, error: { code: 'usage', message: what } });
  return ExitCode.usage;
}

function unexpected(error: unknown): CommandError {
  if (error instanceof ArtifactError) {
    const { code, where } = error;
    const message = `the embedded model is refused: ${error.message}. Install the package again.`;
    return new CommandError(ExitCode.failure, 'model-refused', message, { reason: code, where });
  }
  if (error instanceof TrustError) {
    const { rule, where, what } = error;
    const message = `the embedded model is not served: ${rule}: ${where}: ${what}. Install the package again.`;
    return new CommandError(ExitCode.unverified, 'model-untrusted', message, { rule, where, what });
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CommandError(ExitCode.failure, 'internal', message);
}
