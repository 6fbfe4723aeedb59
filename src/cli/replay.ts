/** `thalweg explain --replay`: decisions of a log, made again by the policy that made them. */
import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { explain } from '../../policies/index.ts';
import { replay, ReplayError, type Replayed } from '../../policies/evidence/replay.ts';
import type { JsonObject } from '../core/json.ts';
import type { PolicySnapshot } from '../core/policy.ts';
import { CommandError } from './command-error.ts';
import { describeDecision } from './decision-text.ts';
import { ExitCode } from './exit-code.ts';
import { count, print, printJson, styleFor, type Terminal } from './terminal.ts';

/** Replays every decision among the lines; the only one is explained whole. Exit code 1 when one comes out differently. */
export async function replayDecisions(
  file: string,
  json: boolean,
  policy: PolicySnapshot,
  terminal: Terminal,
): Promise<ExitCode> {
  const lines = (file === '-' ? await readAll(terminal.stdin) : readLog(file)).split('\n').flatMap(decisionIn);
  if (lines.length === 0) throw new CommandError(ExitCode.usage, 'no-decisions', `there is no decision in "${file}".`);
  const again = lines.map((line) => replayed(policy, line));
  const records = again.map((one) => explain(policy, one.facts, one.state, one.plan, one.decision, true));
  if (json) printJson(terminal, { replays: again.map((one, i) => ({ same: one.isSame, record: records[i]! })) });
  else if (again.length === 1) print(terminal, `${describeDecision(records[0]!, styleFor(terminal.stdout))}\n`);
  if (!json) print(terminal, summary(again));
  return again.every(({ isSame }) => isSame) ? ExitCode.ok : ExitCode.failure;
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(ExitCode.failure, 'unreadable', `"${file}" cannot be read: ${why}`);
  }
}

/** A log has lines of other kinds too. */
function decisionIn(line: string): JsonObject[] {
  if (!line.includes('"event":"decision"')) return [];
  try {
    return [JSON.parse(line)];
  } catch {
    throw new CommandError(ExitCode.usage, 'bad-line', `a line is not whole: ${line.slice(0, 60)}`);
  }
}

function replayed(policy: PolicySnapshot, line: JsonObject): Replayed {
  try {
    return replay(policy, line);
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    throw new CommandError(ExitCode.configuration, 'cannot-replay', `${error.message}.`);
  }
}

function summary(again: readonly Replayed[]): string {
  const others = again.filter(({ isSame }) => !isSame);
  const lines = others.map(({ decision, recorded, plan }) => {
    const then = recorded.attempts[0]?.[0] ?? recorded.refusal ?? 'nothing';
    return `  ${decision.id}  ${then} then, ${plan.attempts[0]?.backend.id ?? plan.refusal?.code ?? 'nothing'} now\n`;
  });
  const all = count(again.length, 'decision');
  if (others.length === 0) return `${all} made again: the same${again.length === 1 ? '' : ', every one'}.\n`;
  return `${all} made again, ${others.length} came out differently:\n${lines.join('')}`;
}
