/** Verifies a model on this machine: the bundle first, then every byte of every file. */
import type { TrustAnchor } from '../anchor.ts';
import { MAX_BUNDLE_BYTES } from '../bundle.ts';
import { compareFiles, type FileReport } from '../compare.ts';
import { createSkip, isLoaded } from '../ignore.ts';
import { verifyBundle, type VerifiedManifest, type VerifyPolicy } from '../verify.ts';
import { hashModel, type HashOptions } from './hash-model.ts';
import { findModel, ignoredOf } from './model-place.ts';
import { readSmallFile } from './small-file.ts';

/** What is verified, and against what. */
export interface VerifyModelOptions {
  /** A folder, or one file. */
  readonly root: string;
  /** The bundle. */
  readonly signature: string;
  readonly anchor: TrustAnchor;
  readonly policy: VerifyPolicy;
  /** Paths inside the model that are not looked at, besides those that the signature leaves out. */
  readonly ignorePaths: readonly string[];
  /** Files that are not signed and are accepted all the same: none, those that no loader reads, or all of them. */
  readonly ignoreUnsigned: 'none' | 'unread' | 'all';
  /** How the files are hashed. */
  readonly hashing?: Omit<HashOptions, 'skip' | 'shardBytes' | 'allowSymlinks'>;
}

/** What was found; `ok` only when every signed file is there unchanged and nothing else is. */
export interface ModelVerdict {
  readonly ok: boolean;
  readonly verified: VerifiedManifest;
  readonly files: FileReport;
  /** Files that are not signed and were accepted all the same. */
  readonly tolerated: readonly string[];
  /** True for names that were left out. */
  readonly skip: (name: string) => boolean;
}

/** Reads a bundle from a file. @throws TrustError `file-unreadable`, `bundle-too-large` */
export async function readBundleFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return readSmallFile({ path, limit: MAX_BUNDLE_BYTES, absent: 'file-unreadable', tooLarge: 'bundle-too-large' });
}

/**
 * Verifies. A wrong bundle or signer throws; files that differ are reported.
 * @throws TrustError, ModelReadError, the signal's reason
 */
export async function verifyModel(options: VerifyModelOptions): Promise<ModelVerdict> {
  const { root, signature, anchor, policy, ignorePaths, ignoreUnsigned, hashing = {} } = options;
  const bytes = await readBundleFile(signature);
  const verified = await verifyBundle(bytes, anchor, policy);
  const { manifest } = verified;
  const place = await findModel(root);
  const ignored = await ignoredOf(place, signature, ignorePaths);
  const skip = place.isFile ? () => false : createSkip([...ignored, ...manifest.ignorePaths]);
  const digests = await hashModel(root, {
    ...hashing,
    skip,
    shardBytes: manifest.shardBytes,
    allowSymlinks: manifest.allowSymlinks && policy.allowSymlinks,
  });
  const found = compareFiles(manifest, digests, place.isFile);
  const tolerated = new Set(found.extra.filter((name) => isTolerated(name, ignoreUnsigned)));
  const files = { ...found, extra: found.extra.filter((name) => !tolerated.has(name)) };
  const ok = files.missing.length + files.extra.length + files.changed.length === 0;
  return { ok, verified, files, tolerated: [...tolerated], skip };
}

function isTolerated(name: string, ignoreUnsigned: VerifyModelOptions['ignoreUnsigned']): boolean {
  return ignoreUnsigned === 'all' || (ignoreUnsigned === 'unread' && !isLoaded(name));
}
