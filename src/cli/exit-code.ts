/** How commands end, so that scripts can tell one failure from another. */

/** The exit codes of every command. */
export const ExitCode = Object.freeze({
  ok: 0,
  /** Something failed: an address in use, a file that cannot be written, a mistake of ours. */
  failure: 1,
  /** The command was called in a way that it does not have. */
  usage: 2,
  /** The configuration or a trust root is missing or invalid. */
  configuration: 3,
  /** A signature, a model or another piece of evidence does not verify. */
  unverified: 4,
  /** The policy refuses the request. */
  refused: 5,
  /** Ended by an interrupt, or by a second signal that did not wait. */
  interrupted: 130,
});

/** One of the exit codes. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
