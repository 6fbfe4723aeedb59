/** Reads how Ollama, OCI registries and Hugging Face describe the files of a model. */
import { digestOf } from '../crypto/digest.ts';
import { toHex } from '../crypto/hex.ts';
import { type JsonPart, readJson } from './json-part.ts';
import { nameFault } from './names.ts';
import type { StoreClaim, StoreContent, StoreListing } from './store-claims.ts';

/** Bytes of a manifest; registries refuse more than 4 MiB as well. */
export const MAX_STORE_MANIFEST_BYTES = 4 << 20;

const RULES = { json: 'store-malformed', shape: 'store-malformed' } as const;
const SHA256 = /^sha256:([0-9a-f]{64})$/;
/** Source: CNCF ModelPack and OCI image-spec annotations. */
const NAME_ANNOTATIONS = ['org.cncf.model.filepath', 'org.opencontainers.image.title'];
/** A layer that wraps files: its digest is that of the wrapping. */
const WRAPPED = /tar|gzip|zstd|\bzip\b/;

/** A pointer of an OCI index to a manifest or to another index. */
export interface OciPointer {
  readonly mediaType: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** `org.opencontainers.image.ref.name`; null without one. */
  readonly reference: string | null;
}

/**
 * Reads a manifest of Ollama. Source: ollama manifest/manifest.go, server/images.go.
 * @throws TrustError `store-malformed`
 */
export async function readOllamaManifest(bytes: Uint8Array, where: string): Promise<StoreListing> {
  const manifest = readJson(bytes, where, RULES);
  const claims = manifest
    .get('layers')
    .list()
    .map((layer): StoreClaim => {
      const kind = layer.get('mediaType').text();
      return { name: null, sha256: digestIn(layer), size: sizeIn(layer), content: ollamaContent(kind), kind };
    });
  return { source: 'ollama', revision: toHex(await digestOf('SHA-256', bytes)), claims };
}

/**
 * Reads an OCI image manifest of a model: ModelPack, Docker Model Runner and any other that keeps files as layers.
 * @throws TrustError `store-malformed`
 */
export async function readOciManifest(bytes: Uint8Array, where: string): Promise<StoreListing> {
  const claims = readJson(bytes, where, RULES)
    .get('layers')
    .list()
    .map((layer): StoreClaim => {
      const kind = layer.get('mediaType').text();
      const sha256 = digestIn(layer);
      const name = annotated(layer);
      const content = ociContent(kind, name ?? '');
      return { name, sha256: WRAPPED.test(kind) ? null : sha256, size: sizeIn(layer), content, kind };
    });
  return { source: 'oci', revision: toHex(await digestOf('SHA-256', bytes)), claims };
}

/**
 * Reads an OCI index, as `index.json` of a layout is one.
 * @throws TrustError `store-malformed`
 */
export function readOciIndex(bytes: Uint8Array, where: string): readonly OciPointer[] {
  return readJson(bytes, where, RULES)
    .get('manifests')
    .list()
    .map((pointer) => ({
      mediaType: pointer.get('mediaType').text(),
      sha256: digestIn(pointer),
      reference: pointer.maybe('annotations')?.maybe('org.opencontainers.image.ref.name')?.text() ?? null,
    }));
}

/**
 * Reads the list of files that Hugging Face's `/api/models/{repo}/tree/{revision}?recursive=true` answers. Small files have no
 * SHA-256 there, only a git id.
 * @throws TrustError `store-malformed`
 */
export function readHuggingFaceTree(bytes: Uint8Array, where: string, revision: string | null): StoreListing {
  const claims: StoreClaim[] = [];
  for (const entry of readJson(bytes, where, RULES).list()) {
    if (entry.get('type').value !== 'file') continue;
    const name = entry.get('path').text();
    const fault = nameFault(name);
    if (fault !== null) entry.refuse(`names a file whose name ${fault}`);
    const oid = entry.maybe('lfs')?.get('oid').text() ?? null;
    if (oid !== null && !/^[0-9a-f]{64}$/.test(oid)) entry.refuse('has an lfs.oid that is no SHA-256');
    claims.push(huggingFaceClaim(name, oid, sizeIn(entry)));
  }
  return { source: 'huggingface', revision, claims };
}

/** A file of a Hugging Face repository; `oid` is the SHA-256 of a file in LFS, null for one that git keeps itself. */
export function huggingFaceClaim(name: string, oid: string | null, size: number | null): StoreClaim {
  return { name, sha256: oid, size, content: contentOfName(name), kind: oid === null ? 'git' : 'lfs' };
}

function digestIn(part: JsonPart): string {
  const digest = part.get('digest');
  return SHA256.exec(digest.text())?.[1] ?? digest.refuse('is not sha256: and 64 lower-case digits');
}

function sizeIn(part: JsonPart): number | null {
  const size = part.maybe('size')?.value ?? null;
  if (size === null) return null;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : part.refuse('has no sound size');
}

/** The name that a layer's annotations give it, which must stay inside the model. */
function annotated(layer: JsonPart): string | null {
  const annotations = layer.maybe('annotations');
  if (annotations === null) return null;
  for (const key of NAME_ANNOTATIONS) {
    const part = annotations.maybe(key);
    if (part === null) continue;
    const name = part.text();
    const fault = nameFault(name);
    return fault === null ? name : part.refuse(`names a file whose name ${fault}`);
  }
  return null;
}

/** Source: ollama server/images.go, media types `application/vnd.ollama.image.*`. */
function ollamaContent(mediaType: string): StoreContent {
  const kind = mediaType.slice(mediaType.lastIndexOf('.') + 1);
  if (['model', 'adapter', 'projector', 'tensor'].includes(kind)) return 'weights';
  return kind === 'template' ? 'template' : 'other';
}

/** Source: CNCF model-spec and docker/model-spec media types. */
function ociContent(mediaType: string, name: string): StoreContent {
  if (/\bchat\.template\b/.test(mediaType)) return 'template';
  if (/\bmodel\.weight\b(?!\.config)|\bgguf\b|\bsafetensors\b|\blora\b|\bmmproj\b/.test(mediaType)) return 'weights';
  return contentOfName(name);
}

function contentOfName(name: string): StoreContent {
  if (/\.(?:gguf|safetensors|bin|pt|pth|ckpt|onnx)$/i.test(name)) return 'weights';
  return /chat_template|\.jinja2?$/i.test(name) ? 'template' : 'other';
}
