/** Grades what a server says of its model against what was signed. */
import type { TrustLevel } from '../core/artifact.ts';
import type { ArtifactEvidence } from './evidence.ts';
import type { ServerReport } from './server-report.ts';
import type { ArtifactTerms } from './terms.ts';

/** What a level is worth, in words. */
export const LEVEL_WORDS: Readonly<Record<TrustLevel, string>> = Object.freeze({
  T0: 'The server says nothing that could be compared with the signature.',
  T1: 'The server itself says that it serves this model. Whoever controls the server can make it say so.',
  T2: 'The server names a digest that was signed. It hashed the files when it fetched them; what is in its memory is not proven.',
});

/** A level with its reason. */
export interface Grade {
  readonly level: TrustLevel;
  /** What was compared, in words. */
  readonly what: string;
}

/** What is graded. */
export interface Graded {
  readonly terms: Pick<ArtifactTerms, 'path' | 'reports'>;
  /** The name under which the backend is asked. */
  readonly model: string;
  readonly report: ServerReport;
  readonly evidence: ArtifactEvidence | null;
  /** SHA-256 of the template that the server reports; null = it reports none. */
  readonly template: string | null;
}

/** A contradiction in any part is worth nothing, whatever the other parts say. */
export function gradeReport({ terms, model, report, evidence, template }: Graded): Grade {
  const none = (what: string): Grade => ({ level: 'T0', what });
  if (evidence === null) return none('the files are not verified, so there is nothing to compare with');
  const { names, source, revision } = report;
  if (names.length > 0 && !names.includes(model)) return none(`the server serves ${quoteSome(names)}, not "${model}"`);
  if (source !== null && !isKnownSource(source, terms, evidence))
    return none(`the server says to have loaded ${quote(source)}`);
  const templates = evidence.inspection.templates.map(({ sha256 }) => sha256);
  if (template !== null && templates.length > 0 && !templates.includes(template)) {
    return none(`the server uses a chat template that was not signed (SHA-256 ${template})`);
  }
  if (revision !== null && evidence.store !== null) {
    const { store } = evidence;
    if (store.revision !== revision)
      return none(`the server names the manifest ${revision}, the store ${store.revision}`);
    if (!store.report.weightsMatch)
      return none('the manifest that the server names holds weights that were not signed');
    return { level: 'T2', what: `the manifest ${revision}, whose weights were signed` };
  }
  if (source === null && names.length === 0) return none('the server did not say what it serves');
  const said = [...(source === null ? [] : [quote(source)]), ...(names.length === 0 ? [] : [`the name "${model}"`])];
  return { level: 'T1', what: said.join(', ') };
}

/** A path ends in the model's folder or one of its files; what is no path, such as a repository, must be named in `reports`, if that is there. */
function isKnownSource(source: string, { path, reports }: Graded['terms'], evidence: ArtifactEvidence): boolean {
  if (reports !== null) return reports.includes(source);
  if (!/^([/\\~.]|[A-Za-z]:)|\.gguf$/.test(source)) return true;
  const last = lastPart(source);
  return last === lastPart(path) || evidence.verified.manifest.resources.some(({ name }) => lastPart(name) === last);
}

function lastPart(path: string): string {
  return (
    path
      .replace(/[/\\]+$/, '')
      .split(/[/\\]/)
      .at(-1) ?? ''
  );
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function quoteSome(names: readonly string[]): string {
  return `${names.slice(0, 3).map(quote).join(', ')}${names.length > 3 ? ', …' : ''}`;
}
