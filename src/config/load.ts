/** Loading: text in, the one validated configuration out, or everything that is wrong with it. */
import type { ConfigFinding, ConfigReport, WholeConfig } from '../core/config.ts';
import { nearestOf } from '../core/edit-distance.ts';
import type { JsonObject } from '../core/json.ts';
import type { ExpansionPorts } from './expand.ts';
import { translateIssue } from './issues.ts';
import { locate } from './locate.ts';
import { Placer, type PlacedFinding } from './place.ts';
import { rawJsonSchema, validate, type ConfigLanguage } from './schema.ts';
import { scrubFinding } from './scrub.ts';
import type { Target } from './secret.ts';
import { buildTree, type Tree } from './tree.ts';
import { parseYaml, type YamlText } from './yaml.ts';

/** A configuration as it was read. */
export interface ConfigSource {
  /** How findings call it, for example a file path. */
  readonly name: string;
  readonly text: string;
}

/** What loading may ask of the world. */
export interface LoadPorts extends ExpansionPorts {
  /** Where the configuration will run; absent = `node`. */
  readonly target?: Target;
}

/** A configuration that may go into service. */
export interface LoadedConfig {
  readonly ok: true;
  readonly whole: WholeConfig;
  readonly warnings: readonly PlacedFinding[];
  /** Puts findings of later stages (compiling, the file's own tests) into the same text. */
  place(findings: readonly ConfigFinding[]): readonly PlacedFinding[];
}

/** A configuration that may not, with every finding (warnings too) in the order of the file. */
export interface RefusedConfig {
  readonly ok: false;
  readonly findings: readonly PlacedFinding[];
}

/** What became of a configuration. */
export type LoadResult = LoadedConfig | RefusedConfig;

/**
 * Parses, expands, validates and checks a configuration. Never throws on bad input; finds all errors of one stage at once, and
 * values of variables, files and secrets are in no finding.
 */
export function loadConfig(source: ConfigSource, language: ConfigLanguage, ports: LoadPorts): LoadResult {
  const yaml = parseYaml(source.text);
  if (yaml.faults.length > 0) {
    const placer = new Placer(source.name, yaml, { literals: [], fields: language.secrets });
    return { ok: false, findings: inOrder(yaml.faults.map((fault) => placer.place(fault, fault.span))) };
  }
  const options = { secrets: language.secrets, target: ports.target ?? 'node', ports };
  const tree = buildTree(yaml.document, options);
  const { whole, findings } = judge(tree, language);
  const hidden = { literals: tree.literals, fields: whole === null ? language.secrets : [] };
  const placer = new Placer(source.name, yaml, hidden);
  const place = (found: readonly ConfigFinding[]): PlacedFinding[] => placeAll(placer, yaml, tree, found);
  const placed = place([...tree.findings, ...findings]);
  if (whole === null || placed.some(({ level }) => level === 'error')) return { ok: false, findings: placed };
  return { ok: true, whole, warnings: placed, place };
}

/** Schemas first, over the whole document; the checks between sections once there is a whole to check. */
function judge(tree: Tree, language: ConfigLanguage): { whole: WholeConfig | null; findings: ConfigFinding[] } {
  const validation = validate(language, tree.value);
  if (!validation.ok) {
    const failed = new Set(tree.findings.filter(isError).map(({ at }) => at.join('\n')));
    const context = { raw: tree.value, schema: schemaOf(language), planned: language.planned };
    const findings = validation.issues.flatMap((issue) => translateIssue(issue, context));
    // A scalar that could not be expanded has no value to judge.
    return { whole: null, findings: findings.filter(({ at }) => !failed.has(at.join('\n'))) };
  }
  const findings: ConfigFinding[] = [];
  const report: ConfigReport = { add: (finding) => findings.push(finding), nearest: nearestOf };
  if (!tree.findings.some(isError)) for (const check of language.checks) check(validation.whole, report);
  return { whole: validation.whole, findings };
}

function placeAll(placer: Placer, yaml: YamlText, tree: Tree, found: readonly ConfigFinding[]): PlacedFinding[] {
  const findings = found.map((finding) => scrubFinding(finding, tree.expanded));
  return inOrder(findings.map((finding) => placer.place(finding, locate(yaml, finding))));
}

const jsonSchemas = new WeakMap<ConfigLanguage, JsonObject>();

/** Only faulty files need it, and then for every fault. */
function schemaOf(language: ConfigLanguage): JsonObject {
  const schema = jsonSchemas.get(language) ?? rawJsonSchema(language);
  jsonSchemas.set(language, schema);
  return schema;
}

/** By place, each once: an alias can lead to the same place twice. */
function inOrder(findings: readonly PlacedFinding[]): PlacedFinding[] {
  const seen = new Set<string>();
  return [...findings]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .filter(({ line, column, code, message }) => {
      const id = `${line}:${column}:${code}:${message}`;
      return !seen.has(id) && seen.add(id);
    });
}

function isError({ level }: ConfigFinding): boolean {
  return level !== 'warning';
}
