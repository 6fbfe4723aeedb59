/** Signs a model on this machine and leaves the bundle as a file, or nothing. */
import { lstat } from 'node:fs/promises';
import { readBundle } from '../bundle.ts';
import { createSkip } from '../ignore.ts';
import { manifestOf, type Manifest } from '../manifest.ts';
import { signManifest } from '../sign.ts';
import type { Signer } from '../signer.ts';
import { TrustError } from '../trust-error.ts';
import { hashModel, type HashOptions } from './hash-model.ts';
import { findModel, ignoredOf } from './model-place.ts';
import { writeWhole } from './small-file.ts';
import { readBundleFile } from './verify-model.ts';

/** What is signed, by whom, and where the signature goes. */
export interface SignModelOptions {
  /** A folder, or one file. */
  readonly root: string;
  readonly signer: Signer;
  /** Where the bundle goes; it is left out of what is signed. */
  readonly output: string;
  /** Paths inside the model that are left out. */
  readonly ignorePaths: readonly string[];
  /** Name a model that is one file `.`, as the Python client does and demands. */
  readonly singleFileDot: boolean;
  /** How the files are hashed. */
  readonly hashing?: Omit<HashOptions, 'skip' | 'shardBytes' | 'allowSymlinks'>;
}

/** What was signed. */
export interface SignedModelFile {
  readonly manifest: Manifest;
  /** Lower-case hexadecimal. */
  readonly rootDigest: string;
  /** The model is one file, which not every client verifies. */
  readonly isFile: boolean;
}

/** Signs and writes the bundle. @throws TrustError, ModelReadError, the signal's reason */
export async function signModel(options: SignModelOptions): Promise<SignedModelFile> {
  const { root, signer, output, ignorePaths, singleFileDot, hashing = {} } = options;
  await refuseForeignFile(output);
  const { manifest, place } = await hashForSigning(root, output, ignorePaths, hashing);
  const named = place.isFile && singleFileDot ? nameDot(manifest) : manifest;
  const { bundle, rootDigest } = await signManifest(named, place.name, signer);
  await writeWhole(output, bundle);
  return { manifest: named, rootDigest, isFile: place.isFile };
}

/** The manifest that a signature of this model would hold. @throws TrustError, ModelReadError, the signal's reason */
export async function hashForSigning(
  root: string,
  output: string,
  ignorePaths: readonly string[],
  hashing: Omit<HashOptions, 'skip' | 'shardBytes' | 'allowSymlinks'>,
): Promise<{ readonly manifest: Manifest; readonly place: Awaited<ReturnType<typeof findModel>> }> {
  const place = await findModel(root);
  const ignored = await ignoredOf(place, output, ignorePaths);
  const skip = place.isFile ? () => false : createSkip(ignored);
  const digests = await hashModel(root, { ...hashing, skip, shardBytes: null, allowSymlinks: false });
  return { manifest: manifestOf(digests, ignored), place };
}

function nameDot(manifest: Manifest): Manifest {
  return { ...manifest, resources: manifest.resources.map(({ digest }) => ({ name: '.', digest })) };
}

/** A signature that is named like a file of the model would leave it out and then overwrite it. */
async function refuseForeignFile(output: string): Promise<void> {
  const isNew = await lstat(output).then(
    () => false,
    () => true,
  );
  if (isNew) return;
  try {
    readBundle(await readBundleFile(output));
  } catch {
    throw new TrustError('file-not-writable', output, 'there is a file that is no signature');
  }
}
