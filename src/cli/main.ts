/** Runs the command line of this process; bin/thalweg.mjs imports it. */
import { runCommandLine } from './command-line.ts';

// A reader that went away is no reason to stop answering.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  events: process,
});
