/** Compares the files of a model with what was signed: every difference is named. */
import { sameBytes } from '../crypto/bytes.ts';
import { fromHex } from '../crypto/hex.ts';
import { compareNames, type FileDigest } from './file-digest.ts';
import type { Manifest } from './manifest.ts';
import { readShardName } from './shards.ts';

/** Names of files by how they compare, each list in the order of names. */
export interface FileReport {
  readonly ok: readonly string[];
  /** Signed, but not there. */
  readonly missing: readonly string[];
  /** There, but not signed. */
  readonly extra: readonly string[];
  /** There with another content. */
  readonly changed: readonly string[];
}

/** Compares; `files` are hashed in the shards of the manifest where it has them. `isFile`: the model is one file, no folder. */
export function compareFiles(manifest: Manifest, files: readonly FileDigest[], isFile = false): FileReport {
  const found = new Map(files.map((file) => [file.name, file]));
  const report = {
    ok: new Set<string>(),
    missing: new Set<string>(),
    extra: new Set<string>(),
    changed: new Set<string>(),
  };
  const pathOf = (name: string): string => (manifest.shardBytes === null ? name : (readShardName(name)?.path ?? name));
  for (const { name, digest } of manifest.resources) {
    const place = isFile ? placeOf(name, files) : name;
    const file = found.get(place);
    found.delete(place);
    const isSame = file !== undefined && sameBytes(file.sha256, fromHex(digest) ?? new Uint8Array());
    report[file === undefined ? 'missing' : isSame ? 'ok' : 'changed'].add(pathOf(place));
  }
  for (const name of found.keys()) report.extra.add(pathOf(name));
  return settle(report);
}

/** A model that is one file is named `.` by the Python client. */
function placeOf(name: string, [file]: readonly FileDigest[]): string {
  return name === '.' ? (file?.name ?? name) : name;
}

/** A file of which one range is wrong is wrong as a whole, and stands in one list only. */
function settle(report: Record<keyof FileReport, Set<string>>): FileReport {
  const { ok, missing, extra, changed } = report;
  for (const path of missing) if (ok.has(path) || extra.has(path)) changed.add(path);
  for (const path of extra) if (ok.has(path)) changed.add(path);
  for (const path of changed) for (const other of [ok, missing, extra]) other.delete(path);
  const sorted = (names: Set<string>): string[] => [...names].sort(compareNames);
  return { ok: sorted(ok), missing: sorted(missing), extra: sorted(extra), changed: sorted(changed) };
}
