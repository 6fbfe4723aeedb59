/** `thalweg run`: a chat in the terminal, through the gateway that `serve` would be, without a listener. */
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { inOrder, type PlacedFinding } from '../config/place.ts';
import { createLocalGateway, proveWithFiles, type LocalGateway } from '../node.ts';
import { ask, type Send } from './ask.ts';
import { CommandError } from './command-error.ts';
import {
  compileOptions,
  folderOf,
  locateConfigurationOrDemo,
  readConfiguration,
  type Configuration,
} from './configuration.ts';
import { converse } from './conversation.ts';
import { ExitCode } from './exit-code.ts';
import { sayFindings } from './findings.ts';
import { exampleModel } from './greeting.ts';
import { print, printJson, type Terminal } from './terminal.ts';

/** The flags of `run`. */
export interface RunOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** The arguments of `run`. */
export type RunWords = readonly [model: string | undefined, prompt: string | undefined];

/** Describes the command; `run` takes what it does. */
export function describeRun(command: Command, run: (words: RunWords, options: RunOptions) => Promise<void>): void {
  command
    .description('chat with a model in this terminal; with a prompt, or one in a pipe, answer that and end')
    .argument('[model]', 'the model that is asked for; otherwise the first of the file')
    .argument('[prompt]', 'what to ask')
    .option('-c, --config <file>', 'configuration; otherwise the nearest thalweg.yaml from here upward, else the demo')
    .option('--json', 'print one JSON object with the answer; needs a prompt')
    .action((model: string | undefined, prompt: string | undefined, options: RunOptions) =>
      run([model, prompt], options),
    );
}

/** Chats until the end of the input; with a prompt it answers once. */
export async function run(words: RunWords, options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  const configuration = await readConfiguration(locateConfigurationOrDemo(terminal, options.config), terminal);
  const { whole, loaded, ports } = configuration;
  const found: PlacedFinding[] = [];
  const snapshot = await proveWithFiles(loaded, compileOptions(configuration, ports), (more) => found.push(...more));
  const key = keyOf(configuration, terminal);
  sayFindings(terminal, inOrder([...configuration.warnings, ...found]));
  const { model, prompt } = readWords(words, configuration);
  const gateway = createLocalGateway(snapshot, whole, null, folderOf(configuration));
  const send = sendTo(gateway, configuration, key);
  try {
    await gateway.prepare();
    const question = prompt ?? (terminal.stdin.isTTY === true ? null : (await readAll(terminal.stdin)).trim());
    if (question !== null) return await answerOnce(send, model, question, options, terminal);
    if (options.json) throw new CommandError(ExitCode.usage, 'no-prompt', '--json needs a prompt.');
    return await converse(send, model, terminal);
  } finally {
    await gateway.close();
  }
}

/** One argument that is no model of the file, but a sentence, is what to ask. */
function readWords([model, prompt]: RunWords, { whole }: Configuration): { model: string; prompt: string | null } {
  if (model === undefined) return { model: exampleModel(whole), prompt: null };
  const isSentence = prompt === undefined && /\s/.test(model) && !Object.hasOwn(whole.models, model);
  return isSentence ? { model: exampleModel(whole), prompt: model } : { model, prompt: prompt ?? null };
}

/** The key to show; the file holds only digests. */
function keyOf({ whole, name }: Configuration, { env }: Terminal): string | null {
  const key = env['THALWEG_KEY'] ?? null;
  if (whole.keys === null || key !== null) return key;
  const message = `${name} has a section keys: put a key of it into the environment variable THALWEG_KEY.`;
  throw new CommandError(ExitCode.usage, 'key-needed', message);
}

/** Leads into the gateway. */
function sendTo({ app }: LocalGateway, { whole }: Configuration, key: string | null): Send {
  // A host that the configuration takes.
  const origin = `http://${whole.gateway.hosts[0] ?? 'thalweg'}`;
  return async (path, init) => {
    const request = new Request(`${origin}${path}`, init);
    if (key !== null) request.headers.set('authorization', `Bearer ${key}`);
    return app.front.fetch(request);
  };
}

async function answerOnce(
  send: Send,
  model: string,
  content: string,
  { json }: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (content === '')
    throw new CommandError(ExitCode.usage, 'no-prompt', 'there is nothing to ask: the prompt is empty.');
  const question = { model, messages: [{ role: 'user', content }] } as const;
  if (json) {
    const answer = await ask(send, question, () => undefined);
    printJson(terminal, { ok: true, model, ...answer });
  } else {
    await ask(send, question, (text) => print(terminal, text));
    print(terminal, '\n');
  }
  return ExitCode.ok;
}
