/** How a breach of trust ends a command: its exit code, its rule, where, and how to mend it. */
import { TrustError } from '../../trust/trust-error.ts';
import { ModelReadError, type ModelReadRule } from '../../trust/node/model-read-error.ts';
import { CommandError } from '../command-error.ts';
import { ExitCode } from '../exit-code.ts';
import { printable } from './printable.ts';

const CODES = Object.freeze({
  refused: ExitCode.unverified,
  trust: ExitCode.configuration,
  failure: ExitCode.failure,
});

/** What is not an attack and no breach, but a disk or a right that is missing. */
const PLAIN: ReadonlySet<ModelReadRule> = new Set(['missing', 'unreadable']);

/** Whether files that are not what they seem refuse a signature that exists, or one that is to be made. */
export type Purpose = 'verify' | 'sign';

/** Runs a command of the model family; what goes wrong leaves as a CommandError. */
export async function asCommand(purpose: Purpose, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    throw toCommandError(error, purpose);
  }
}

function toCommandError(error: unknown, purpose: Purpose): unknown {
  if (error instanceof TrustError) {
    const { rule, where, what, remedy } = error;
    // There is nothing yet that could fail to verify.
    const code = purpose === 'sign' && error.kind === 'refused' ? ExitCode.failure : CODES[error.kind];
    return new CommandError(code, rule, `${rule}: ${printable(`${where}: ${what}`)}.\n  ${sentence(remedy)}`, {
      where,
      what,
      remedy,
    });
  }
  if (error instanceof ModelReadError) {
    const { rule, file, what, remedy } = error;
    const code = purpose === 'verify' && !PLAIN.has(rule) ? ExitCode.unverified : ExitCode.failure;
    return new CommandError(code, rule, `${rule}: ${printable(`${file}: ${what}`)}.\n  ${sentence(remedy)}`, {
      file,
      what,
      remedy,
    });
  }
  return error;
}

/** A clause as a sentence. */
export function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}
