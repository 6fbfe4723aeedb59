/** Watching the configuration file: a fresh load when its text changed, and whenever one is asked for. */
import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Clock, Timer } from '../../core/clock.ts';
import type { ConfigSource, LoadResult } from '../load.ts';
import { ConfigFileError, readConfigFile } from './files.ts';

/** How a file is watched. */
export interface WatchOptions {
  readonly clock: Clock;
  /** Quiet time after the last change before the file is read, ms; absent = 100. Editors write in several steps. */
  readonly quietMs?: number;
  /** Loads what was read, for example `loadConfig` with its language and ports. */
  readonly load: (source: ConfigSource) => LoadResult;
  /** Takes every fresh result. Nothing is replaced here: what a result means is decided by who listens. */
  readonly onLoad: (result: LoadResult) => void;
}

/** A running watch. */
export interface ConfigWatch {
  /** Reads and loads now, changed or not (SIGHUP). */
  reload(): void;
  close(): void;
}

/**
 * Watches one file. Its folder is what is really watched, so that editors that rename over it and the symbolic links of a
 * Kubernetes volume are seen too.
 * @param current the text that is in service, so that only a real change is reported
 */
export function watchConfig(path: string, current: string, options: WatchOptions): ConfigWatch {
  const { clock, load, onLoad, quietMs = 100 } = options;
  const name = basename(path);
  let seen: string | null = current;
  let timer: Timer | null = null;

  const read = (force: boolean): void => {
    timer?.cancel();
    timer = null;
    const source = readOrExplain(path);
    const text = source instanceof ConfigFileError ? null : source.text;
    if (text === seen && !force) return;
    seen = text;
    onLoad(source instanceof ConfigFileError ? unreadable(path, source) : load(source));
  };
  const watcher = watchFolder(dirname(resolve(path)), (changed) => {
    // Other files of the folder are none of our business, but a volume changes through its hidden links.
    if (changed !== null && changed !== name && !changed.startsWith('..')) return;
    timer?.cancel();
    timer = clock.after(quietMs, () => read(false));
  });
  return {
    reload: () => read(true),
    close: () => {
      timer?.cancel();
      timer = null;
      watcher?.close();
    },
  };
}

/** null when the system has no watch to give; reloading on request works without. */
function watchFolder(folder: string, onChange: (name: string | null) => void): FSWatcher | null {
  try {
    const watcher = watch(folder, (_event, name) => onChange(name));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

function readOrExplain(path: string): ConfigSource | ConfigFileError {
  try {
    return readConfigFile(path);
  } catch (error) {
    if (error instanceof ConfigFileError) return error;
    throw error;
  }
}

function unreadable(path: string, { message }: ConfigFileError): LoadResult {
  const finding = {
    level: 'error',
    code: 'unreadable-file',
    file: path,
    line: 1,
    column: 1,
    path: '',
    message: message.replace(/\.$/, ''),
    fix: 'put the file back, or check who may read it',
    excerpt: null,
  } as const;
  return { ok: false, findings: [finding], rest: null };
}
