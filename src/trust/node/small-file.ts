/** Files that are read whole (signatures, keys, trusted roots) and the one that is written: bounded, regular, all or nothing. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { TrustRule } from '../rules.ts';
import { TrustError } from '../trust-error.ts';

/** What is read, and which rules it breaks when it cannot be. */
export interface SmallFile {
  readonly path: string;
  /** Bytes. */
  readonly limit: number;
  readonly absent: TrustRule;
  readonly tooLarge: TrustRule;
}

/** Reads a regular file. @throws TrustError `file.absent`, `file.tooLarge`, `file-unreadable` */
export async function readSmallFile({ path, limit, absent, tooLarge }: SmallFile): Promise<Uint8Array<ArrayBuffer>> {
  // A FIFO would block the opening without the flag.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    const isAbsent = codeOf(error) === 'ENOENT';
    throw new TrustError(isAbsent ? absent : 'file-unreadable', path, isAbsent ? 'there is no such file' : say(error));
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new TrustError('file-unreadable', path, 'not a regular file');
    if (stats.size > limit) throw new TrustError(tooLarge, path, `${stats.size} bytes, more than ${limit}`);
    const bytes = new Uint8Array(stats.size);
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } catch (error) {
    throw error instanceof TrustError ? error : new TrustError('file-unreadable', path, say(error));
  } finally {
    await handle.close();
  }
}

/** Writes a file as a whole: whoever reads the path sees the old one, or the new one. @throws TrustError `file-not-writable` */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(draft, 'wx', 0o644);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new TrustError('file-not-writable', path, say(error));
  }
}

/** What the operating system says, in a clause. */
function say(error: unknown): string {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not do that';
  if (code === 'ENOSPC') return 'there is no room left';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such folder';
  return code ?? String(error);
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
