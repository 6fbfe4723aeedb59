/** `thalweg explain`: the decision for a request in outline, made by the functions that serve real ones; nothing is called. */
import { InvalidArgumentError, type Command } from 'commander';
import { explain, judgeGiven, type GivenRequest } from '../../policies/index.ts';
import type { WholeConfig } from '../core/config.ts';
import { nearestOf } from '../core/edit-distance.ts';
import { isGatewayError } from '../core/gateway-error.ts';
import { findAlias } from '../engine/resolve.ts';
import type { Snapshot } from '../engine/snapshot.ts';
import { proveOnNode } from '../node.ts';
import { createSystemRandom, systemClock } from '../system.ts';
import { CommandError } from './command-error.ts';
import { compileOptions, locateConfiguration, readConfiguration } from './configuration.ts';
import { describeDecision } from './decision-text.ts';
import { ExitCode } from './exit-code.ts';
import { replayDecisions } from './replay.ts';
import { print, printJson, styleFor, type Terminal } from './terminal.ts';

/** The flags of `explain`. */
export interface ExplainOptions {
  readonly config?: string;
  readonly model?: string;
  readonly prompt?: string;
  readonly tokens?: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly down?: readonly string[];
  /** File with lines of the decision log; `-` = what comes in. */
  readonly replay?: string;
  readonly json?: boolean;
}

/** Describes the command; `run` takes what it does. */
export function describeExplain(command: Command, run: (options: ExplainOptions) => Promise<void>): void {
  command
    .description('show which backends a request may go to, why the others are out, and what is tried in which order')
    .option('-c, --config <file>', 'configuration; otherwise the nearest thalweg.yaml from here upward')
    .option('-m, --model <name>', 'the model that is asked for; otherwise the first of the file')
    .option('-p, --prompt <text>', 'the text that is sent')
    .option('--tokens <number>', 'how long the request is, instead of an estimate from its text', parseCount)
    .option('--header <name=value>', 'a header of the request; may be repeated', collectHeader)
    .option('--key <id>', 'the id of the key that calls, as in the section keys')
    .option('--down <backend>', 'a backend that does not answer; may be repeated', collect)
    .option('--replay <file>', 'make the decisions of a log again, from its lines; - reads what comes in')
    .option('--json', 'print the record as one JSON object')
    .action(run);
}

/** Explains one decision; exit code 5 when the policy refuses. */
export async function explainRequest(options: ExplainOptions, terminal: Terminal): Promise<ExitCode> {
  const configuration = await readConfiguration(locateConfiguration(terminal, options.config), terminal);
  const { whole, ports, loaded } = configuration;
  const snapshot = proveOnNode(loaded, compileOptions(configuration, ports));
  if (options.replay !== undefined)
    return replayDecisions(options.replay, options.json === true, snapshot.policy, terminal);
  checkNames(options, whole);
  const model = options.model ?? Object.keys(whole.models).find((name) => name !== '*') ?? '*';
  checkModel(model, options.key, snapshot);
  const random = createSystemRandom();
  const seed = Math.floor(random.next() * 4294967296);
  const judged = judgeGiven(givenOf(options, model), whole, snapshot.policy, { at: systemClock.now(), seed });
  if (judged === null) throw new CommandError(ExitCode.usage, 'unknown-model', `there is no model "${model}".`);
  const { facts, state, plan } = judged;
  const record = explain(snapshot.policy, facts, state, plan, { id: `dec_${random.id()}`, seed }, true);
  if (options.json) printJson(terminal, record);
  else print(terminal, describeDecision(record, styleFor(terminal.stdout)));
  return plan.refusal === null ? ExitCode.ok : ExitCode.refused;
}

function givenOf({ prompt, tokens, header = {}, key, down = [] }: ExplainOptions, model: string): GivenRequest {
  return { model, text: prompt, tokens_in: tokens, headers: header, key, down };
}

function checkNames({ down = [], key }: ExplainOptions, { backends, keys }: WholeConfig): void {
  for (const id of down) if (!Object.hasOwn(backends, id)) throw unknownName('backend', id, Object.keys(backends));
  if (key !== undefined && !Object.hasOwn(keys ?? {}, key)) throw unknownName('key', key, Object.keys(keys ?? {}));
}

function unknownName(kind: string, word: string, known: readonly string[]): CommandError {
  const nearest = nearestOf(word, known);
  const list = known.length === 0 ? `The configuration has no ${kind}s.` : `There are: ${known.join(', ')}.`;
  const hint = nearest === null ? list : `Did you mean "${nearest}"?`;
  return new CommandError(ExitCode.usage, `unknown-${kind}`, `there is no ${kind} "${word}". ${hint}`);
}

/** The same answer that a client would get for the name. */
function checkModel(model: string, key: string | undefined, snapshot: Snapshot): void {
  const caller = [...(snapshot.keys?.values() ?? [])].find(({ id }) => id === key) ?? null;
  try {
    if (model !== '*') findAlias(snapshot, caller, model);
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    throw new CommandError(ExitCode.usage, error.code, `${error.message} ${error.hint}`);
  }
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}

function collectHeader(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
