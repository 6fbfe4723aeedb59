/** A terminal for commands under test: keeps what they print and sends them signals. */
import { EventEmitter } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import type { Terminal } from '../../src/cli/terminal.ts';

/** A terminal whose output can be read. */
export interface TestTerminal extends Terminal {
  /** Everything printed so far. */
  out(): string;
  err(): string;
  json(): Record<string, unknown>;
}

/** Makes one without colours. */
export function makeTerminal(options: {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** What a pipe brings, or a stream of the test's own; nothing when absent. */
  readonly stdin?: string | Terminal['stdin'];
}): TestTerminal {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const [out, err] = [collect(stdout), collect(stderr)];
  const { stdin = '' } = options;
  return {
    stdin: typeof stdin === 'string' ? Readable.from(stdin === '' ? [] : [stdin]) : stdin,
    stdout,
    stderr,
    env: options.env ?? {},
    cwd: options.cwd,
    events: new EventEmitter(),
    out,
    err,
    json: () => JSON.parse(out()) as Record<string, unknown>,
  };
}

function collect(stream: PassThrough): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => (text += chunk));
  return () => text + ((stream.read() as string | null) ?? '');
}
