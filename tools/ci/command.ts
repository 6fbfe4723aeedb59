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
  readonly finished: Promise<Finished>;
  /** Sends a signal to the command and to everything that it started: npx does not pass signals on. */
  signal(name: NodeJS.Signals): void;
  /** True once the command itself has ended. */
  hasEnded(): boolean;
}

/** Starts a command in a process group of its own; `finished` rejects only when it cannot be started at all. */
export function startCommand(command: string, args: readonly string[], options: CommandOptions): Running {
  const { cwd, env = process.env, timeoutMs = 120_000 } = options;
  const child = spawn(command, args, { cwd, env, stdio: 'pipe', detached: true });
  const signal = (name: NodeJS.Signals): void => signalGroup(child, name);
  const kill = (): void => signal('SIGKILL');
  const output = { stdout: '', stderr: '' };
  child.stdin.end();
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  const timer = setTimeout(kill, timeoutMs);
  process.once('exit', kill);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  }).finally(() => {
    clearTimeout(timer);
    process.removeListener('exit', kill);
  });
  return { finished, signal, hasEnded: () => child.exitCode !== null || child.signalCode !== null };
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch (error) {
    // The whole group may have ended between the question and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Runs a command to its end. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  return startCommand(command, args, options).finished;
}
