/** One line per thing that was checked, and an exit code that remembers. */

/** Prints `ok` or `FAIL` with what was expected; a failure prints `evidence` and makes the process end with 1. */
export function verdict(holds: boolean, expectation: string, evidence = ''): void {
  process.stdout.write(`${holds ? 'ok  ' : 'FAIL'} ${expectation}\n`);
  if (holds) return;
  process.exitCode = 1;
  if (evidence.trim() !== '') process.stdout.write(`${evidence.trim().replaceAll(/^/gm, '     | ')}\n`);
}
