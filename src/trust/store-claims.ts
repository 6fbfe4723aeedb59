/** What a model store says of the digests of its files, set beside what was signed: evidence that costs no hashing. */
import type { Manifest } from './manifest.ts';

/** What a file in a store is for; `weights` with adapters and projectors. */
export type StoreContent = 'weights' | 'template' | 'other';

/**
 * A digest as a store claims it. It was true when the store fetched the file; nobody has looked at the disk since.
 * Sources: Ollama hashes blobs while it pulls them and never again, registries and Hugging Face while they take them in.
 */
export interface StoreClaim {
  /** Path with `/` as the store names the file; null where it has no names, as in Ollama. */
  readonly name: string | null;
  /** Lower-case hexadecimal; null where the store knows no SHA-256 of the file itself. */
  readonly sha256: string | null;
  /** Bytes; null where it does not say. */
  readonly size: number | null;
  readonly content: StoreContent;
  /** The media type of a layer, or `lfs` and `git` at Hugging Face. */
  readonly kind: string;
}

/** All files of one model in a store. */
export interface StoreListing {
  readonly source: 'ollama' | 'oci' | 'huggingface';
  /**
   * The name by which the store knows this state: the SHA-256 of the manifest file (Ollama reports it in `/api/ps` and
   * `/api/tags`), or the commit at Hugging Face. Null where it has none.
   */
  readonly revision: string | null;
  readonly claims: readonly StoreClaim[];
}

/** How claims and signature compare. Names as in the manifest. */
export interface ClaimReport {
  /** Signed files for which the store claims the signed digest. */
  readonly matched: readonly string[];
  /** Signed files for which it claims another. */
  readonly different: readonly string[];
  /** Signed files of which it claims nothing that can be compared. */
  readonly unclaimed: readonly string[];
  /** What the store has beyond what was signed, by name or by digest. */
  readonly unsigned: readonly StoreClaim[];
  /** There are weights, all of them are signed, and nothing differs. It says nothing of what a server has loaded. */
  readonly weightsMatch: boolean;
}

/**
 * Sets claims beside a manifest. A claim with a name is compared with the file of that name, one without is looked for by its
 * digest. Of a manifest in shards or with another algorithm nothing can be compared.
 */
export function matchClaims(manifest: Manifest, { claims }: StoreListing): ClaimReport {
  const isComparable = manifest.method === 'files' && manifest.hashType === 'sha256';
  const names = manifest.resources.map(({ name }) => name);
  if (!isComparable) return { matched: [], different: [], unclaimed: names, unsigned: claims, weightsMatch: false };
  const byName = new Map(manifest.resources.map(({ name, digest }) => [name, digest]));
  const signed = new Set(byName.values());
  const named = Map.groupBy(claims, ({ name }) => name);
  const anonymous = new Set(claims.flatMap(({ name, sha256 }) => (name === null && sha256 !== null ? [sha256] : [])));
  const verdictOf = (name: string): 'matched' | 'different' | 'unclaimed' => {
    const digest = byName.get(name) ?? '';
    const claimed = (named.get(name) ?? []).flatMap(({ sha256 }) => sha256 ?? []);
    if (claimed.length > 0) return claimed.every((sha256) => sha256 === digest) ? 'matched' : 'different';
    return anonymous.has(digest) ? 'matched' : 'unclaimed';
  };
  const isSigned = ({ name, sha256 }: StoreClaim): boolean =>
    name === null ? sha256 !== null && signed.has(sha256) : byName.get(name) === sha256;
  const weights = claims.filter(({ content }) => content === 'weights');
  const different = names.filter((name) => verdictOf(name) === 'different');
  return {
    matched: names.filter((name) => verdictOf(name) === 'matched'),
    different,
    unclaimed: names.filter((name) => verdictOf(name) === 'unclaimed'),
    unsigned: claims.filter((claim) => (claim.name === null ? !isSigned(claim) : !byName.has(claim.name))),
    weightsMatch: weights.length > 0 && weights.every(isSigned) && different.length === 0,
  };
}
