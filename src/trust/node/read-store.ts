/** Finds a model in the stores of Ollama, OCI layouts and Hugging Face on this machine and reads what they claim of its files. */
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { digestOf } from '../../crypto/digest.ts';
import { toHex } from '../../crypto/hex.ts';
import { nameFault } from '../names.ts';
import type { StoreClaim, StoreListing } from '../store-claims.ts';
import {
  huggingFaceClaim,
  MAX_STORE_MANIFEST_BYTES,
  readOciIndex,
  readOciManifest,
  readOllamaManifest,
} from '../store-manifests.ts';
import { TrustError } from '../trust-error.ts';
import { readSmallFile } from './small-file.ts';

const OCI_INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MAX_INDEX_DEPTH = 3;
const MAX_SNAPSHOT_FILES = 100_000;

/**
 * Reads what Ollama claims of a model. `store` holds `manifests` and `blobs` (`~/.ollama/models` by default), `model` is a name
 * as Ollama takes it: `llama3.2`, `llama3.2:3b`, `hf.co/org/model:Q4_K_M`. Blobs must be there with the size that is claimed;
 * they are not hashed.
 * @throws TrustError `store-missing`, `store-malformed`, `file-unreadable`
 */
export async function readOllamaStore(store: string, model: string): Promise<StoreListing> {
  const path = join(store, 'manifests', ...ollamaPath(model));
  const listing = await readOllamaManifest(await readManifest(path), path);
  for (const { sha256, size } of listing.claims) await checkBlob(join(store, 'blobs', `sha256-${sha256}`), size);
  return listing;
}

/** Host, namespace, model and tag of a name, with Ollama's own defaults. Source: ollama types/model/name.go. */
function ollamaPath(model: string): readonly string[] {
  const [name = '', tag = 'latest', ...more] = model.split(/:(?=[^/]*$)/);
  const parts = name.split('/');
  const path = [...['registry.ollama.ai', 'library'].slice(0, Math.max(0, 3 - parts.length)), ...parts, tag];
  if (more.length > 0 || path.length !== 4 || nameFault(path.join('/')) !== null || model.includes('\\')) {
    throw new TrustError('store-missing', model, 'not a name of Ollama: [host/][namespace/]model[:tag]');
  }
  return path;
}

/**
 * Reads what an OCI image layout claims of a model. `reference` is the `org.opencontainers.image.ref.name` of its manifest; null
 * when the layout holds one. Every index and manifest on the way is hashed and must be what the one before it names.
 * @throws TrustError `store-missing`, `store-malformed`, `file-unreadable`
 */
export async function readOciLayout(layout: string, reference: string | null): Promise<StoreListing> {
  let where = join(layout, 'index.json');
  let bytes = await readManifest(where);
  for (let depth = 0; depth < MAX_INDEX_DEPTH; depth++) {
    const pointers = readOciIndex(bytes, where);
    const wanted = depth > 0 || reference === null ? pointers : pointers.filter((p) => p.reference === reference);
    const [pointer, ...others] = wanted;
    if (pointer === undefined || others.length > 0) {
      const what = `${wanted.length} manifests fit${reference === null ? '; name the reference' : ` ${reference}`}`;
      throw new TrustError('store-missing', where, what);
    }
    where = join(layout, 'blobs', 'sha256', pointer.sha256);
    bytes = await readManifest(where);
    if (toHex(await digestOf('SHA-256', bytes)) !== pointer.sha256) {
      throw new TrustError('store-malformed', where, 'is not what its name says');
    }
    if (OCI_INDEXES.includes(pointer.mediaType)) continue;
    const listing = await readOciManifest(bytes, where);
    for (const { sha256, size } of listing.claims) {
      if (sha256 !== null) await checkBlob(join(layout, 'blobs', 'sha256', sha256), size);
    }
    return listing;
  }
  throw new TrustError('store-malformed', where, `more than ${MAX_INDEX_DEPTH} indexes lead to each other`);
}

/**
 * Reads what the cache of Hugging Face claims of a model: files in LFS lie under their SHA-256, others under a git id. `cache` is
 * the folder that holds `models--org--name`, `repository` is `org/name`, `revision` a commit, branch or tag.
 * @throws TrustError `store-missing`, `store-malformed`, `file-unreadable`
 */
export async function readHuggingFaceCache(
  cache: string,
  repository: string,
  revision = 'main',
): Promise<StoreListing> {
  for (const name of [repository, revision]) {
    const fault = nameFault(name);
    if (fault !== null || name.includes('\\'))
      throw new TrustError('store-missing', name, `the name ${fault ?? 'is odd'}`);
  }
  const folder = join(resolve(cache), `models--${repository.replaceAll('/', '--')}`);
  const commit = await commitOf(folder, revision);
  const snapshot = join(folder, 'snapshots', commit);
  const entries = await readdir(snapshot, { recursive: true, withFileTypes: true }).catch(() => {
    throw new TrustError('store-missing', snapshot, 'there is no such snapshot');
  });
  if (entries.length > MAX_SNAPSHOT_FILES) throw new TrustError('store-malformed', snapshot, 'has too many files');
  const claims: StoreClaim[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path
      .slice(snapshot.length + 1)
      .split(sep)
      .join('/');
    claims.push(await claimOfLink(path, name, join(folder, 'blobs')));
  }
  return { source: 'huggingface', revision: commit, claims };
}

async function commitOf(folder: string, revision: string): Promise<string> {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  const path = join(folder, 'refs', revision);
  const commit = new TextDecoder().decode(await readManifest(path)).trim();
  if (/^[0-9a-f]{40}$/.test(commit)) return commit;
  throw new TrustError('store-malformed', path, 'does not hold a commit');
}

/** A snapshot's file is a link to a blob whose name is its id; a file in its place claims nothing. */
async function claimOfLink(path: string, name: string, blobs: string): Promise<StoreClaim> {
  if (!(await lstat(path)).isSymbolicLink()) return huggingFaceClaim(name, null, null);
  const target = resolve(dirname(path), await readlink(path));
  if (dirname(target) !== blobs) throw new TrustError('store-malformed', path, 'leads out of the blobs of its model');
  const { size } = await statBlob(target);
  const id = basename(target);
  return huggingFaceClaim(name, /^[0-9a-f]{64}$/.test(id) ? id : null, size);
}

function readManifest(path: string): Promise<Uint8Array> {
  return readSmallFile({ path, limit: MAX_STORE_MANIFEST_BYTES, absent: 'store-missing', tooLarge: 'store-malformed' });
}

async function checkBlob(path: string, size: number | null): Promise<void> {
  const found = await statBlob(path);
  if (size === null || found.size === size) return;
  throw new TrustError('store-malformed', path, `has ${found.size} bytes, its manifest says ${size}`);
}

async function statBlob(path: string): Promise<{ readonly size: number }> {
  const stats = await stat(path).catch(() => null);
  if (stats?.isFile() === true) return stats;
  throw new TrustError('store-missing', path, 'the blob is not there');
}
