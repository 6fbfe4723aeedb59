/** One verification of an artifact: signature, then every file, then the inspection, over files that stay the same from begin to end. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { ArtifactFault } from '../../core/artifact.ts';
import {
  differenceOf,
  refusalOf,
  type ArtifactEvidence,
  type ArtifactOutcome,
  type SeenFiles,
  type StoreEvidence,
} from '../evidence.ts';
import { createSkip, DEFAULT_IGNORES } from '../ignore.ts';
import { matchClaims, type StoreListing } from '../store-claims.ts';
import type { ArtifactTerms } from '../terms.ts';
import { TrustError } from '../trust-error.ts';
import { verifyBundle, type VerifiedManifest, type VerifyPolicy } from '../verify.ts';
import type { HashOptions } from './hash-model.ts';
import { inspectModel } from './inspect-model.ts';
import { ModelReadError } from './model-read-error.ts';
import { openAnchor } from './open-anchor.ts';
import { readHuggingFaceCache, readOciLayout, readOllamaStore } from './read-store.ts';
import { readBundleFile, verifyModel } from './verify-model.ts';
import { fingerprintModel } from './watch-model.ts';

/** What a verification needs from outside. */
export interface VerifyArtifactOptions {
  /** Where relative paths start. */
  readonly folder: string;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  readonly hashing: Pick<HashOptions, 'signal' | 'cache' | 'bytesPerSecond'>;
}

/** Where an artifact lies. */
export interface ArtifactPlace {
  readonly root: string;
  readonly signature: string;
}

/** Absolute paths of an artifact. */
export async function placeOf({ path, signature }: ArtifactTerms, folder: string): Promise<ArtifactPlace> {
  const root = resolve(folder, path);
  const isFile = await stat(root).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (signature !== null) return { root, signature: resolve(isFile ? dirname(root) : root, signature) };
  return { root, signature: isFile ? `${root}.sig` : join(root, 'model.sig') };
}

/** Verifies. Never rejects: what is wrong is the fault. */
export async function verifyArtifact(terms: ArtifactTerms, options: VerifyArtifactOptions): Promise<ArtifactOutcome> {
  const { root, signature } = await placeOf(terms, options.folder);
  const place = { root, signature };
  let seen: SeenFiles = { fingerprint: null, beside: null, skip: createSkip([...DEFAULT_IGNORES, ...terms.ignore]) };
  try {
    seen = await look(place, seen.skip);
    const anchor = await openAnchor(terms.signer, options.folder);
    const policy = policyOf(terms, options.now());
    const signed = await verifyBundle(await readBundleFile(signature), anchor, policy);
    const { ignorePaths } = signed.manifest;
    // The signature is watched with the model: another one put beside the same files is a change.
    const own = isInside(place)
      ? signature
          .slice(root.length + 1)
          .split(sep)
          .join('/')
      : null;
    const ignored = ignorePaths.filter((path) => path !== own);
    seen = await look(place, createSkip([...DEFAULT_IGNORES, ...terms.ignore, ...ignored]));
    const verdict = await verifyModel({
      root,
      signature,
      anchor,
      policy,
      ignorePaths: terms.ignore.map((path) => join(root, path)),
      ignoreUnsigned: 'none',
      hashing: options.hashing,
    });
    if (!verdict.ok) return refused('files-differ', differenceOf(verdict.files), seen);
    const inspection = await inspectModel(root, { skip: verdict.skip, policy: terms.inspection });
    const refusal = refusalOf(inspection);
    if (refusal !== null) return refused(refusal.rule, refusal.what, seen);
    const after = await look(place, seen.skip);
    if (after.fingerprint !== seen.fingerprint || after.beside !== seen.beside) {
      return refused('changed-during-hash', `${root}: files changed while they were verified`, seen);
    }
    const { verified, files } = verdict;
    const store = await readStore(terms, verified, options.folder);
    const evidence: ArtifactEvidence = {
      verified,
      files: files.ok.length,
      inspection,
      ...store,
      verifiedAt: options.now(),
    };
    return { evidence, fault: null, seen };
  } catch (error) {
    const { rule, what } = faultOf(error);
    return refused(rule, what, seen);
  }
}

function refused(rule: string, what: string, seen: SeenFiles): ArtifactOutcome {
  return { evidence: null, fault: { rule, what }, seen };
}

/** True where the signature lies in the folder of the model. */
export function isInside({ root, signature }: ArtifactPlace): boolean {
  return signature.startsWith(root + sep);
}

async function look(place: ArtifactPlace, skip: SeenFiles['skip']): Promise<SeenFiles> {
  const fingerprint = await fingerprintModel(place.root, { skip });
  const beside = isInside(place) ? null : await fingerprintModel(place.signature, { skip: () => false });
  return { fingerprint, beside, skip };
}

function policyOf({ digests, signedSinceMs, allowIgnored }: ArtifactTerms, nowMs: number): VerifyPolicy {
  return {
    nowMs,
    allowedRoots: digests === null ? null : new Set(digests),
    signedSinceMs,
    allowedIgnores: new Set(allowIgnored),
    acceptVersion02: false,
    allowSymlinks: false,
  };
}

/** What an error means for a lease. */
export function faultOf(error: unknown): ArtifactFault {
  if (error instanceof TrustError) return { rule: error.rule, what: `${error.where}: ${error.what}` };
  if (error instanceof ModelReadError) return { rule: error.rule, what: `${error.file}: ${error.what}` };
  return { rule: 'verification-failed', what: error instanceof Error ? error.message : String(error) };
}

type StoreFields = Pick<ArtifactEvidence, 'store' | 'storeFault'>;

/** What the store claims is evidence beside the files and never in their place: a store that cannot be read closes nothing. */
async function readStore(
  { store }: ArtifactTerms,
  { manifest }: VerifiedManifest,
  folder: string,
): Promise<StoreFields> {
  if (store === null) return { store: null, storeFault: null };
  try {
    const { ollama, oci, huggingface } = store;
    let listing: StoreListing | null = null;
    if (ollama !== undefined) listing = await readOllamaStore(resolve(folder, ollama.folder), ollama.model);
    else if (oci !== undefined) listing = await readOciLayout(resolve(folder, oci.layout), oci.reference ?? null);
    else if (huggingface !== undefined) {
      const { cache, repository, revision } = huggingface;
      listing = await readHuggingFaceCache(resolve(folder, cache), repository, revision);
    }
    if (listing === null) return { store: null, storeFault: null };
    const { source, revision } = listing;
    const found: StoreEvidence = { source, revision, report: matchClaims(manifest, listing) };
    return { store: found, storeFault: null };
  } catch (error) {
    const { rule, what } = faultOf(error);
    return { store: null, storeFault: `${rule}: ${what}` };
  }
}
