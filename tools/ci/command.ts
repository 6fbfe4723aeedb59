/** Runs the commands that the checks drive, with a time limit and without a shell. */
import { spawn, type ChildProcess } from 'node:child_process';

/** How a command is run. */
export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Killed after this long; 120,000 unless told. */
  readonly timeoutMs?: number;
}

/** A finished command; `code` is null when a signal ended it. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is still running. */
export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts a command; `finished` rejects only when it cannot be started at all. */
export function startCommand(command: string, args: readonly string[], options: CommandOptions): Running {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdin.end();
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 120_000);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  }).finally(() => clearTimeout(timer));
  return { child, finished };
}

/** Runs a command to its end. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  return startCommand(command, args, options).finished;
}
