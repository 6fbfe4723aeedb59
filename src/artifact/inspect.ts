/** Inspects the files of a model before anything loads them: formats, headers, code and templates; nothing is executed. */
import type { Digest } from '../core/digest.ts';
import type { ByteSource } from './byte-source.ts';
import { finding, type InspectFinding, type InspectRule } from './inspect-finding.ts';
import { inspectJson } from './inspect-json.ts';
import { endsAsZip, type FileKind, kindOfBytes, kindOfName, type NameKind } from './inspect-kind.ts';
import { lintTemplate, type TemplateText } from './inspect-template.ts';
import { inspectGguf, inspectSafetensors, type WeightsFacts } from './inspect-weights.ts';

/** What the owner of the gateway allows. */
export interface InspectPolicy {
  /** Formats of weights that may be loaded; null: both. */
  readonly formats: readonly WeightsFacts['format'][] | null;
  /** SHA-256 (lower-case hex) of the templates that were reviewed; null: templates are linted instead. */
  readonly templates: readonly string[] | null;
  /** Refusals that were looked at and are let through as warnings. */
  readonly excuses: readonly { readonly rule: InspectRule; readonly file: string }[];
}

/** A template by its hash. */
export interface TemplateFact {
  readonly file: string;
  readonly where: string;
  /** Of its UTF-8 bytes, lower-case hex. */
  readonly sha256: string;
}

/** What came out. */
export interface Inspection {
  readonly findings: readonly InspectFinding[];
  readonly weights: readonly WeightsFacts[];
  readonly templates: readonly TemplateFact[];
}

/** No format and no template excluded beforehand. */
export const INSPECT_POLICY: InspectPolicy = Object.freeze({ formats: null, templates: null, excuses: [] });

/** Takes the files of one model one after the other. */
export interface Inspector {
  /** Reads what it needs of `source` before it returns. */
  add(file: string, source: ByteSource): void;
  finish(): Promise<Inspection>;
}

/** True when nothing was found that must not be loaded. */
export function mayLoad({ findings }: Inspection): boolean {
  return findings.every(({ level }) => level !== 'refuse');
}

/** An inspector for one model. Bytes that cannot be read throw as the source throws; bytes that are odd never do. */
export function createInspector(policy: InspectPolicy, digest: Digest): Inspector {
  return new ModelInspector(policy, digest);
}

const TEMPLATE_BYTES = 1 << 20;

class ModelInspector implements Inspector {
  readonly #policy: InspectPolicy;
  readonly #digest: Digest;
  readonly #findings: InspectFinding[] = [];
  readonly #weights: WeightsFacts[] = [];
  readonly #templates: TemplateText[] = [];
  readonly #names = new Set<string>();
  readonly #indexes: { readonly file: string; readonly names: readonly string[] }[] = [];

  constructor(policy: InspectPolicy, digest: Digest) {
    this.#policy = policy;
    this.#digest = digest;
  }

  add(file: string, source: ByteSource): void {
    this.#names.add(file);
    const name = kindOfName(file);
    const kind = kindOfBytes(source, name);
    const refusal = refusalOf(file, name, kind);
    if (refusal !== null) this.#findings.push(refusal);
    else if (kind === 'gguf') this.#addWeights(inspectGguf(file, source));
    else if (name === 'safetensors' || (kind === 'safetensors' && name === 'plain')) {
      this.#addWeights(inspectSafetensors(file, source));
    } else if (name === 'json') this.#addJson(file, source);
    else if (name === 'template') this.#addTemplate(file, source);
    else if (name === 'plain') this.#findings.push(finding('not-inspected', 'note', file, 'a format not looked into'));
    if (refusal === null && source.size >= 22 && endsAsZip(source)) {
      this.#findings.push(finding('archive', 'refuse', file, 'ends as a ZIP archive does'));
    }
  }

  async finish(): Promise<Inspection> {
    for (const { file, names } of this.#indexes) this.#checkIndex(file, names);
    if (this.#weights.length === 0) {
      this.#findings.push(finding('no-weights', 'warn', '.', 'no file of weights that could be inspected'));
    }
    const templates = await Promise.all(this.#templates.map((template) => this.#judge(template)));
    return { findings: this.#findings.map((found) => this.#excuse(found)), weights: this.#weights, templates };
  }

  #addWeights({ facts, findings, templates }: ReturnType<typeof inspectGguf>): void {
    this.#findings.push(...findings);
    this.#templates.push(...templates);
    if (facts === null) return;
    this.#weights.push(facts);
    const { formats } = this.#policy;
    if (formats === null || formats.includes(facts.format)) return;
    this.#findings.push(finding('format-not-allowed', 'refuse', facts.file, `${facts.format} is not allowed`));
  }

  #addJson(file: string, source: ByteSource): void {
    const { findings, templates, indexed } = inspectJson(file, source);
    this.#findings.push(...findings);
    this.#templates.push(...templates);
    if (indexed.length > 0) this.#indexes.push({ file, names: indexed });
  }

  #addTemplate(file: string, source: ByteSource): void {
    const bytes = source.read(0, Math.min(source.size, TEMPLATE_BYTES + 1));
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      this.#templates.push({ file, where: 'the template', text });
    } catch {
      this.#findings.push(finding('template-code', 'refuse', file, 'the template is not UTF-8, or is far too large'));
    }
  }

  #checkIndex(file: string, names: readonly string[]): void {
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    for (const name of names) {
      if (!this.#names.has(folder + name)) {
        this.#findings.push(finding('bad-index', 'refuse', file, `names ${name.slice(0, 120)}, which is not there`));
      }
    }
  }

  async #judge(template: TemplateText): Promise<TemplateFact> {
    const { file, where, text } = template;
    const sha256 = await this.#digest.sha256(text);
    const pinned = this.#policy.templates;
    if (pinned === null) this.#findings.push(...lintTemplate(template));
    else if (!pinned.includes(sha256)) {
      this.#findings.push(finding('template-not-pinned', 'refuse', file, `${where} has the SHA-256 ${sha256}`));
    }
    return { file, where, sha256 };
  }

  #excuse(found: InspectFinding): InspectFinding {
    if (found.level !== 'refuse') return found;
    const isExcused = this.#policy.excuses.some(({ rule, file }) => rule === found.rule && file === found.file);
    return isExcused ? { ...found, level: 'warn' } : found;
  }
}

const WHAT: Readonly<Partial<Record<FileKind, readonly [InspectRule, string]>>> = {
  pickle: ['pickle', 'a pickle'],
  archive: ['archive', 'an archive'],
  code: ['code', 'a program or script'],
  array: ['pickle', 'an array file, which can hold pickles'],
};

/** Why a file is not even looked into; bytes say more than names, and one of them is enough. */
function refusalOf(file: string, name: NameKind, kind: FileKind): InspectFinding | null {
  const byBytes = WHAT[kind];
  if (byBytes !== undefined) return finding(byBytes[0], 'refuse', file, `the bytes are ${byBytes[1]}`);
  if (name === 'gguf' && kind !== 'gguf') return finding('wrong-format', 'refuse', file, 'does not begin as GGUF does');
  if (kind === 'gguf' && name !== 'gguf' && name !== 'plain') {
    return finding('wrong-format', 'refuse', file, 'begins as GGUF does, under another name');
  }
  const byName = name in WHAT ? WHAT[name as FileKind] : undefined;
  return byName === undefined ? null : finding(byName[0], 'refuse', file, `by its name ${byName[1]}`);
}
