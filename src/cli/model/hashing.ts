/** Hashing in a terminal: a bar with rate and time left on stderr, and an interrupt that ends it. */
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { openDigestCache } from '../../trust/node/digest-cache.ts';
import type { DigestCache, HashOptions, HashProgress } from '../../trust/node/hash-model.ts';
import { CommandError } from '../command-error.ts';
import { ExitCode } from '../exit-code.ts';
import { say, type Terminal } from '../terminal.ts';
import { printable } from './printable.ts';

const BAR_CELLS = 24;
/** Between two drawings. */
const EVERY_MS = 100;
/** What is hashed sooner needs no bar. */
const QUIET_MS = 300;
const CLEAR_LINE = '\r\x1b[2K';

/** How the commands hash. */
export type Hashing = Pick<HashOptions, 'onProgress' | 'signal' | 'cache' | 'bytesPerSecond'>;

/** Flags of the commands that hash. */
export interface HashingFlags {
  readonly cache?: string;
  readonly maxRate?: number;
}

/** Adds these flags. */
export function describeHashing(command: Command): Command {
  return command
    .option('--cache <folder>', 'remember digests there; a file is hashed again when it changed, and every week')
    .option(
      '--max-rate <MB>',
      'megabytes to hash per second at most, so that a server beside it keeps its disk',
      readRate,
    );
}

function readRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && Number.isFinite(rate)) return rate;
  throw new InvalidArgumentError('It takes a number above zero.');
}

/** Runs work that hashes; SIGINT and SIGTERM end it. @throws CommandError `interrupted` */
export async function whileHashing<T>(
  flags: HashingFlags,
  terminal: Terminal,
  work: (hashing: Hashing) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const stop = (): void => {
    abort.abort(new CommandError(ExitCode.interrupted, 'interrupted', 'interrupted; nothing was written.'));
  };
  const bar = createBar(terminal);
  for (const name of ['SIGINT', 'SIGTERM']) terminal.events.once(name, stop);
  try {
    return await work({
      signal: abort.signal,
      cache: await openCache(flags, terminal),
      bytesPerSecond: flags.maxRate === undefined ? null : flags.maxRate * 1e6,
      ...(bar === null ? {} : { onProgress: bar.show }),
    });
  } catch (error) {
    // Whatever an aborted read or wait says.
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    bar?.clear();
    for (const name of ['SIGINT', 'SIGTERM']) terminal.events.off(name, stop);
  }
}

async function openCache({ cache }: HashingFlags, terminal: Terminal): Promise<DigestCache | null> {
  if (cache === undefined) return null;
  const onWarning = (message: string): void => say(terminal, `thalweg: ${message}\n`);
  return openDigestCache({ folder: resolve(terminal.cwd, cache), now: Date.now, onWarning });
}

interface Bar {
  show(progress: HashProgress): void;
  clear(): void;
}

/** A bar where a person looks at stderr; null in pipes and logs. */
function createBar(terminal: Terminal): Bar | null {
  if (Reflect.get(terminal.stderr, 'isTTY') !== true) return null;
  const begun = Date.now();
  let drawn = 0;
  return {
    show(progress) {
      const now = Date.now();
      if (now - begun < QUIET_MS || now - drawn < EVERY_MS) return;
      drawn = now;
      const columns = Number(Reflect.get(terminal.stderr, 'columns')) || 80;
      say(terminal, CLEAR_LINE + formatProgress(progress, now - begun).slice(0, columns - 1));
    },
    clear() {
      if (drawn > 0) say(terminal, CLEAR_LINE);
    },
  };
}

/** `[████████        ]  33 %  1.5 GB/s  0:12 left  model-00001.safetensors`; `elapsedMs` since the begin. */
export function formatProgress({ bytesDone, bytes, current }: HashProgress, elapsedMs: number): string {
  const share = bytes === 0 ? 1 : bytesDone / bytes;
  const full = Math.round(share * BAR_CELLS);
  const bar = `${'█'.repeat(full)}${' '.repeat(BAR_CELLS - full)}`;
  const perMs = bytesDone / Math.max(elapsedMs, 1);
  const left = perMs === 0 ? '-:--' : clock((bytes - bytesDone) / perMs / 1000);
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `[${bar}] ${percent} %  ${formatBytes(perMs * 1000)}/s  ${left} left  ${printable(current)}`;
}

/** Minutes and seconds. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** `1.5 GB`; decimal units, as disks are sold. */
function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
