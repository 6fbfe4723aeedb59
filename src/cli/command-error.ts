/** Why a command ends early, said once and printed in one place. */
import type { JsonObject } from '../core/json.ts';
import type { ExitCode } from './exit-code.ts';

/** Ends a command. The message says what is wrong and how to mend it; it may have several lines. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  /** Stable kebab-case code for `--json`. */
  readonly code: string;
  /** More for `--json`. */
  readonly facts: JsonObject;

  constructor(exitCode: ExitCode, code: string, message: string, facts: JsonObject = {}) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
    this.code = code;
    this.facts = facts;
  }
}
