/** What a verification found, for people and for programs. */
import { mayLoad, type Inspection } from '../../artifact/inspect.ts';
import type { VerifiedSigner } from '../../trust/anchor.ts';
import type { ModelVerdict } from '../../trust/node/verify-model.ts';
import { TRUST_RULES } from '../../trust/rules.ts';
import type { JsonObject } from '../../core/json.ts';
import { count, paint, type Terminal } from '../terminal.ts';
import { sentence } from './failure.ts';
import { inspectionToJson, summarizeFindings } from './inspection.ts';
import { printable } from './printable.ts';

/** Files that are named before the rest is counted. */
const NAMED = 20;

/** Everything that a verification found. */
export interface Outcome {
  /** As it was named. */
  readonly model: string;
  readonly verdict: ModelVerdict;
  /** Null when the model does not verify: then nothing more is read. */
  readonly inspection: Inspection | null;
  /** What the inspection refuses is refused. */
  readonly isInspectionBinding: boolean;
}

/** True when the model is what was signed and nothing speaks against it. */
export function isFine(outcome: Outcome): boolean {
  return codeOf(outcome) === null;
}

function codeOf({ verdict, inspection, isInspectionBinding }: Outcome): 'files-differ' | 'inspection-refused' | null {
  if (!verdict.ok) return 'files-differ';
  return isInspectionBinding && (inspection === null || !mayLoad(inspection)) ? 'inspection-refused' : null;
}

const REMEDIES = Object.freeze({
  'files-differ': TRUST_RULES['files-differ'].remedy,
  'inspection-refused': 'do not load it; thalweg model inspect says what is wrong, and how to mend it',
});

/** The record for programs; lists hold names of files. */
export function outcomeToJson(outcome: Outcome): JsonObject {
  const { verdict, inspection } = outcome;
  const { verified, files, tolerated } = verdict;
  const code = codeOf(outcome);
  const { signer, subject, rootDigest, manifestDigest, warnings } = verified;
  return {
    ok: code === null,
    code,
    ...(code === null ? {} : { error: { code, message: summarize(outcome), remedy: REMEDIES[code] } }),
    signer: { ...signer },
    subject,
    rootDigest,
    manifestDigest,
    files: { ok: [...files.ok], missing: [...files.missing], extra: [...files.extra], changed: [...files.changed] },
    tolerated: [...tolerated],
    inspected: inspection === null ? null : inspectionToJson(inspection),
    warnings: warnings.map((warning) => ({ ...warning })),
  };
}

/** The block for people. */
export function outcomeToText(outcome: Outcome, { stdout }: Terminal): string {
  const { model, verdict, inspection } = outcome;
  const { verified, files, tolerated } = verdict;
  const { signer, rootDigest, warnings } = verified;
  const head = isFine(outcome) ? paint(stdout, 'green', 'verified') : paint(stdout, 'red', 'not verified');
  const rows: [string, string][] = [
    ...describeSigner(signer),
    ['root', `sha256:${rootDigest}`],
    ['files', describeFiles(verdict)],
    ...name('changed', files.changed),
    ...name('missing', files.missing),
    ...name('not signed', files.extra),
    ...name('tolerated', tolerated),
    ...(inspection === null ? [] : [['inspection', summarizeFindings(inspection)] as [string, string]]),
    ...warnings.map(({ rule, what }): [string, string] => ['note', `${what} (${rule})`]),
  ];
  const lines = rows.map(([label, text]) => `  ${label.padEnd(10)}  ${printable(text)}\n`);
  return `${head} ${model}\n${lines.join('')}`;
}

/** What is wrong, and how to mend it; nothing where nothing is. */
export function explainRefusal(outcome: Outcome): string {
  const code = codeOf(outcome);
  if (code === null) return '';
  return `thalweg: ${code}: ${outcome.model}: ${printable(summarize(outcome))}.\n  ${sentence(REMEDIES[code])}\n`;
}

function summarize({ verdict, inspection }: Outcome): string {
  if (verdict.ok) return inspection === null ? 'not inspected' : summarizeFindings(inspection);
  return summarizeFiles(verdict);
}

/** `1 file changed (a.txt), 2 files missing (b, …)`. */
export function summarizeFiles({ files }: ModelVerdict): string {
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
