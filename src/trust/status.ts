/** The state of an artifact as operators read it: what is verified, by whom it was signed, what its servers say, and what that does not prove. */
import { isAtLeast, type TrustLevel } from '../core/artifact.ts';
import type { Backend } from '../core/backend.ts';
import type { VerifiedSigner } from './anchor.ts';
import type { ArtifactEvidence } from './evidence.ts';
import { LEVEL_WORDS } from './level.ts';
import type { GuardedArtifact, ServerWatch } from './server-watch.ts';

/** One backend of an artifact. */
export interface BackendStatus {
  readonly id: string;
  readonly level: TrustLevel;
  /** What the level rests on. */
  readonly evidence: string;
  /** What it is worth. */
  readonly worth: string;
  /** The least that the configuration wants. */
  readonly least: TrustLevel;
  /** Whether requests go there, as far as the artifact is concerned. */
  readonly open: boolean;
}

/** One artifact. Digests are `sha256:` and 64 lower-case hexadecimal digits. */
export interface ArtifactStatus {
  readonly id: string;
  readonly path: string;
  /** `verified`: the gateway itself hashed the files and they are what was signed. This is what opens routes. */
  readonly files: 'verified' | 'not-verified';
  /** null = nothing is wrong. */
  readonly rule: string | null;
  readonly what: string | null;
  readonly signer: string | null;
  readonly root: string | null;
  readonly manifest: string | null;
  /** How many files. */
  readonly signed_files: number | null;
  /** ISO 8601. */
  readonly verified_at: string | null;
  /** What is left of the lease, ms. */
  readonly lease_ms: number;
  /** Findings of the inspection that forbid nothing. */
  readonly warnings: readonly string[];
  /** What a store claims of the files; null = none is named. */
  readonly store:
    | { readonly source: string; readonly matched: number; readonly weights_match: boolean }
    | string
    | null;
  readonly backends: readonly BackendStatus[];
}

/** A guard as it is described. */
export interface DescribedGuard extends GuardedArtifact {
  readonly untilTick: number;
  readonly fault: { readonly rule: string; readonly what: string } | null;
}

/** True when everything that the artifact is for may be used. */
export function isTrusted({ files, backends }: ArtifactStatus): boolean {
  return files === 'verified' && backends.every(({ open }) => open);
}

/** Describes an artifact at a moment on the monotonic clock. */
export function describeArtifact(
  { terms, evidence, untilTick, fault }: DescribedGuard,
  backends: readonly Backend[],
  servers: ReadonlyMap<string, ServerWatch>,
  tick: number,
): ArtifactStatus {
  const isHeld = untilTick > tick;
  const wrong = isHeld ? null : (fault ?? { rule: 'lease-expired', what: 'it was not renewed in time' });
  return {
    id: terms.id,
    path: terms.path,
    files: isHeld ? 'verified' : 'not-verified',
    rule: wrong?.rule ?? null,
    what: wrong?.what ?? null,
    signer: evidence === null ? null : signerText(evidence.verified.signer),
    root: evidence === null ? null : `sha256:${evidence.verified.rootDigest}`,
    manifest: evidence === null ? null : `sha256:${evidence.verified.manifestDigest}`,
    signed_files: evidence?.files ?? null,
    verified_at: evidence === null ? null : new Date(evidence.verifiedAt).toISOString(),
    lease_ms: isHeld ? Math.round(untilTick - tick) : 0,
    warnings: evidence === null ? [] : warningsOf(evidence),
    store: evidence === null ? null : storeOf(evidence),
    backends: backends.map((backend) => describeBackend(backend, servers.get(backend.id) ?? null, isHeld, tick)),
  };
}

function describeBackend(backend: Backend, server: ServerWatch | null, isHeld: boolean, tick: number): BackendStatus {
  const least = backend.artifact?.level ?? 'T0';
  const isFresh = server !== null && server.untilTick > tick;
  const grade = server === null ? { level: 'T0' as const, what: 'the server is not asked' } : server.grade;
  const level = isFresh ? grade.level : 'T0';
  const { what } = grade;
  return {
    id: backend.id,
    level,
    evidence: what,
    worth: LEVEL_WORDS[level],
    least,
    open: isHeld && isAtLeast(level, least),
  };
}

/** Who signed, in one line. */
function signerText(signer: VerifiedSigner): string {
  if (signer.method === 'key') return `key sha256:${signer.keyDigest}`;
  if (signer.method === 'sigstore') return `${signer.identity}, vouched for by ${signer.issuer}`;
  return `${[...signer.names, signer.subject].join(', ')}, under ${signer.root}`;
}

function warningsOf({ verified, inspection }: ArtifactEvidence): readonly string[] {
  const found = inspection.findings.filter(({ level }) => level === 'warn');
  return [
    ...verified.warnings.map(({ rule, what }) => `${rule}: ${what}`),
    ...found.map(({ rule, file, message }) => `${rule}: ${file}: ${message}`),
  ];
}

function storeOf({ store, storeFault }: ArtifactEvidence): ArtifactStatus['store'] {
  if (store === null) return storeFault;
  const { source, report } = store;
  return { source, matched: report.matched.length, weights_match: report.weightsMatch };
}
