/** Checks the section `trust` against the rest and compiles it into terms. */
import { isInspectRule } from '../artifact/inspect-finding.ts';
import type {
  ArtifactConfig,
  ArtifactStoreConfig,
  ConfigCheck,
  ConfigPath,
  ConfigReport,
  SignerConfig,
  WholeConfig,
} from '../core/config.ts';
import type { LeafIdentity } from './anchor.ts';
import { ignoreFault } from './ignore.ts';
import type { ArtifactTerms, SignerTerms } from './terms.ts';

/** The check of `trust` and of `backends.*.artifact`. */
export const checkTrust: ConfigCheck = (whole, report) => {
  const models = whole.trust?.models ?? {};
  const names = report.names('trust', 'models');
  const used = new Set<string>();
  for (const [id, { artifact }] of Object.entries(whole.backends)) {
    if (artifact === undefined) continue;
    used.add(artifact);
    if (names?.includes(artifact) === false) reportUnknown(['backends', id, 'artifact'], artifact, names, report);
  }
  // what is wrong with a backend may be the artifact that it names
  const areNamesSound =
    report.names('backends')?.length === Object.keys(whole.backends).length &&
    Object.keys(whole.backends).every((id) => report.isSound(['backends', id, 'artifact']));
  for (const [id, artifact] of Object.entries(models)) {
    const at = ['trust', 'models', id];
    if (report.isSound([...at, 'signer']) && report.isSound([...at, 'signed_since'])) checkSigner(at, artifact, report);
    if (report.isSound([...at, 'store'])) checkStore([...at, 'store'], artifact.store, report);
    checkPaths(at, artifact, report);
    if (used.has(id) || !areNamesSound) continue;
    report.add({
      at,
      onKey: true,
      level: 'warning',
      code: 'unused-artifact',
      message: `no backend names the artifact "${id}"`,
      fix: `add artifact: ${id} to the backends that serve it, or remove it`,
    });
  }
};

function reportUnknown(at: ConfigPath, word: string, names: readonly string[], report: ConfigReport): void {
  const nearest = report.nearest(word, names);
  const few = names.length === 0 ? 'add it under trust.models' : `use one of ${names.join(', ')}`;
  report.add({
    at,
    code: 'unknown-artifact',
    message: `unknown artifact "${word}"`,
    fix: nearest === null ? few : `did you mean "${nearest}"?`,
  });
}

const THREE = 'write { key }, { chain, identity } or { identity, issuer, trusted_root }';

function checkSigner(at: ConfigPath, { signer, signed_since: since }: ArtifactConfig, report: ConfigReport): void {
  const add = (code: string, message: string, fix: string, field: string | null = null): void =>
    report.add({ at: field === null ? [...at, 'signer'] : [...at, field], code, message, fix });
  const { key, chain, issuer, trusted_root: root, identity, certificate_key: pin } = signer;
  const methods = [key !== undefined, chain !== undefined, issuer !== undefined || root !== undefined];
  if (methods.filter(Boolean).length !== 1) return add('ambiguous-signer', 'this must name one kind of signer', THREE);
  if (key !== undefined) {
    const extra = Object.keys(signer).filter((name) => name !== 'key');
    if (extra.length > 0) add('ambiguous-signer', `a key alone says who signs; ${extra.join(', ')} has no use`, THREE);
    if (since !== undefined) {
      const fix = 'list the root digests that you accept in digests (thalweg model digest prints them)';
      add('unknowable-time', 'a signature by a bare key says nothing of when it was made', fix, 'signed_since');
    }
  } else if (chain !== undefined && (identity === undefined) === (pin === undefined)) {
    const fix = 'add identity: the exact name of the signer, or certificate_key: sha256:…';
    add('missing-identity', 'whoever the roots vouch for could sign', fix);
  } else if (chain === undefined && (identity === undefined || issuer === undefined || root === undefined)) {
    add('missing-identity', 'a keyless signer needs identity, issuer and trusted_root', THREE);
  }
}

function checkStore(at: ConfigPath, store: ArtifactStoreConfig | undefined, report: ConfigReport): void {
  if (store === undefined || Object.values(store).filter((one) => one !== undefined).length === 1) return;
  report.add({
    at,
    code: 'ambiguous-store',
    message: 'this must name one store',
    fix: 'keep ollama, oci or huggingface',
  });
}

function checkPaths(at: ConfigPath, artifact: ArtifactConfig, report: ConfigReport): void {
  for (const field of ['ignore', 'allow_ignored'] as const) {
    for (const [i, path] of artifact[field].entries()) {
      const fault = ignoreFault(path);
      if (fault === null) continue;
      const fix = 'write the path as it is inside the model, with /, without . or ..';
      report.add({ at: [...at, field, i], code: 'bad-path', message: `this path ${fault}`, fix });
    }
  }
  for (const [i, { rule }] of artifact.excuse.entries()) {
    if (isInspectRule(rule)) continue;
    const fix = 'copy the rule from the output of thalweg model inspect';
    report.add({ at: [...at, 'excuse', i, 'rule'], code: 'unknown-rule', message: `unknown rule "${rule}"`, fix });
  }
}

/** The terms of every artifact of a checked configuration that a backend names. */
export function compileTrust({ trust, backends }: Pick<WholeConfig, 'trust' | 'backends'>): readonly ArtifactTerms[] {
  const used = new Set(Object.values(backends).map(({ artifact }) => artifact));
  return Object.entries(trust?.models ?? {})
    .filter(([id]) => used.has(id))
    .map(([id, config]) => compileArtifact(id, config));
}

function compileArtifact(id: string, config: ArtifactConfig): ArtifactTerms {
  const { templates, formats = null, excuse, signed_since: since } = config;
  return Object.freeze({
    id,
    path: config.path,
    signature: config.signature ?? null,
    signer: compileSigner(config.signer),
    digests: config.digests?.map(hexOf) ?? null,
    signedSinceMs: since === undefined ? null : Date.parse(since),
    level: config.level,
    inspection: {
      formats,
      templates: templates === 'lint' ? null : templates.map(hexOf),
      excuses: excuse.flatMap(({ rule, file }) => (isInspectRule(rule) ? [{ rule, file }] : [])),
    },
    maxAgeMs: config.max_age,
    leaseMs: config.lease,
    ignore: config.ignore,
    allowIgnored: config.allow_ignored,
    store: config.store ?? null,
    reports: config.reports ?? null,
  });
}

function compileSigner(signer: SignerConfig): SignerTerms {
  const { key, chain, identity = '', certificate_key: pin, issuer = '', trusted_root: trustedRoot = '' } = signer;
  if (key !== undefined) return { method: 'key', key };
  if (chain === undefined) return { method: 'sigstore', identity, issuer, trustedRoot };
  const leaf: LeafIdentity = pin === undefined ? { kind: 'name', name: identity } : { kind: 'key', sha256: hexOf(pin) };
  return { method: 'certificate', chain, identity: leaf, deniedKeys: (signer.denied_keys ?? []).map(hexOf) };
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
