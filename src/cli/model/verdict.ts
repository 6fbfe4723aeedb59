/** What a verification found, for people and for programs. */
import type { VerifiedSigner } from '../../trust/anchor.ts';
import type { ModelVerdict } from '../../trust/node/verify-model.ts';
import { TRUST_RULES } from '../../trust/rules.ts';
import type { JsonObject } from '../../core/json.ts';
import { count, paint, type Terminal } from '../terminal.ts';
import { sentence } from './failure.ts';

/** Files that are named before the rest is counted. */
const NAMED = 20;

/** The record for programs; lists hold names of files. */
export function verdictToJson(verdict: ModelVerdict): JsonObject {
  const { ok, verified, files, tolerated } = verdict;
  const { signer, subject, rootDigest, manifestDigest, warnings } = verified;
  return {
    ok,
    code: ok ? null : 'files-differ',
    ...(ok
      ? {}
      : { error: { code: 'files-differ', message: summarize(verdict), remedy: TRUST_RULES['files-differ'].remedy } }),
    signer: { ...signer },
    subject,
    rootDigest,
    manifestDigest,
    files: { ok: [...files.ok], missing: [...files.missing], extra: [...files.extra], changed: [...files.changed] },
    tolerated: [...tolerated],
    warnings: warnings.map((warning) => ({ ...warning })),
  };
}

/** The block for people. */
export function verdictToText(model: string, verdict: ModelVerdict, { stdout }: Terminal): string {
  const { ok, verified, files, tolerated } = verdict;
  const { signer, rootDigest, warnings } = verified;
  const head = ok ? paint(stdout, 'green', 'verified') : paint(stdout, 'red', 'not verified');
  const rows: [string, string][] = [
    ...describeSigner(signer),
    ['root', `sha256:${rootDigest}`],
    ['files', describeFiles(verdict)],
    ...name('changed', files.changed),
    ...name('missing', files.missing),
    ...name('not signed', files.extra),
    ...name('tolerated', tolerated),
    ...warnings.map(({ rule, what }): [string, string] => ['note', `${what} (${rule})`]),
  ];
  const lines = rows.map(([label, text]) => `  ${label.padEnd(10)}  ${text}\n`);
  return `${head} ${model}\n${lines.join('')}`;
}

/** One sentence of what differs, with the remedy. */
export function explainDifference(model: string, verdict: ModelVerdict): string {
  const remedy = sentence(TRUST_RULES['files-differ'].remedy);
  return `thalweg: files-differ: ${model}: ${summarize(verdict)}.\n  ${remedy}\n`;
}

function summarize({ files }: ModelVerdict): string {
  const { changed, missing, extra } = files;
  return [
    ...(changed.length > 0 ? [`${count(changed.length, 'file')} changed (${changed[0]})`] : []),
    ...(missing.length > 0 ? [`${count(missing.length, 'file')} missing (${missing[0]})`] : []),
    ...(extra.length > 0 ? [`${count(extra.length, 'file')} not signed (${extra[0]})`] : []),
  ].join(', ');
}

function describeFiles({ files }: ModelVerdict): string {
  const others = (['changed', 'missing', 'extra'] as const).filter((list) => files[list].length > 0);
  const words = { changed: 'changed', missing: 'missing', extra: 'not signed' };
  return [`${files.ok.length} ok`, ...others.map((list) => `${files[list].length} ${words[list]}`)].join(', ');
}

function name(label: string, names: readonly string[]): [string, string][] {
  const rows = names.slice(0, NAMED).map((text): [string, string] => [label, text]);
  return names.length > NAMED ? [...rows, [label, `and ${names.length - NAMED} more`]] : rows;
}

/** Who signed, in rows. */
function describeSigner(signer: VerifiedSigner): [string, string][] {
  switch (signer.method) {
    case 'key':
      return [['signer', `the key sha256:${signer.keyDigest}`]];
    case 'certificate':
      return [
        ['signer', [...signer.names, signer.subject].join(', ')],
        ['key', `sha256:${signer.keyDigest}`],
        ['authority', `${signer.root}; the certificate expires on ${day(signer.notAfterMs)}`],
      ];
    case 'sigstore':
      return [
        ['signer', signer.identity],
        ['issuer', signer.issuer],
      ];
  }
}

/** `2026-11-23`. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
