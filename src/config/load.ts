/** Loading: text in, the one validated configuration out, or everything that is wrong with it. */
import type { ConfigFinding, ConfigPath, WholeConfig } from '../core/config.ts';
import type { JsonObject } from '../core/json.ts';
import type { ExpansionPorts } from './expand.ts';
import { straysOf, translateIssues } from './issues.ts';
import { locate } from './locate.ts';
import { pathKey } from './path.ts';
import { inOrder, Placer, type PlacedFinding } from './place.ts';
import { Report, soundGround, type Ground } from './report.ts';
import { salvage } from './salvage.ts';
import { placesOf, rawJsonSchema, validate, validateRest, type ConfigLanguage } from './schema.ts';
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

/** What stages after loading (compiling, the file's own tests) are told of a configuration, refused or not. */
export interface JudgedConfig {
  /** Of a refused configuration what is left without its faults. */
  readonly whole: WholeConfig;
  /** Where the errors are in the document. */
  readonly faults: readonly ConfigPath[];
  /** False where something at a place of `whole` or below it was left out or found wrong. */
  isSound(at: ConfigPath): boolean;
  /** Puts the findings of such a stage into the same text. */
  place(findings: readonly ConfigFinding[]): readonly PlacedFinding[];
}

/** A configuration that may go into service. */
export interface LoadedConfig extends JudgedConfig {
  readonly ok: true;
  readonly warnings: readonly PlacedFinding[];
}

/** A configuration that may not, with every finding (warnings too) in the order of the file. */
export interface RefusedConfig {
  readonly ok: false;
  readonly findings: readonly PlacedFinding[];
  /** What can still be judged of it, so that later stages need not wait; null = nothing. */
  readonly rest: JudgedConfig | null;
}

/** What became of a configuration. */
export type LoadResult = LoadedConfig | RefusedConfig;

/**
 * Parses, expands, validates and checks a configuration. Never throws on bad input; finds every error at once that is not merely what
 * follows from another, and values of variables, files and secrets are in no finding.
 */
export function loadConfig(source: ConfigSource, language: ConfigLanguage, ports: LoadPorts): LoadResult {
  const yaml = parseYaml(source.text);
  if (!yaml.readable) {
    const placer = new Placer(source.name, yaml, { literals: [], fields: language.secrets });
    return { ok: false, findings: inOrder(placeFaults(placer, yaml)), rest: null };
  }
  const options = { secrets: language.secrets, target: ports.target ?? 'node', ports };
  const tree = buildTree(yaml.document, options);
  const { findings: found, rest, isFormed } = judge(tree, language);
  const placer = new Placer(source.name, yaml, { literals: tree.literals, fields: isFormed ? [] : language.secrets });
  const place = (findings: readonly ConfigFinding[]): PlacedFinding[] => placeAll(placer, yaml, tree, findings);
  const findings = [...tree.findings, ...found];
  const placed = inOrder([...placeFaults(placer, yaml), ...place(findings)]);
  const isRefused = placed.some(({ level }) => level === 'error');
  if (rest === null) return { ok: false, findings: placed, rest: null };
  const { whole, report } = rest;
  const judged: JudgedConfig = {
    whole,
    faults: [...tree.voids, ...findings.filter(isError).map(({ at }) => at)],
    isSound: (at) => report.isSound(at),
    place: (later) => place(later.map((finding) => ({ ...finding, at: report.origin(finding.at) }))),
  };
  return isRefused ? { ok: false, findings: placed, rest: judged } : { ok: true, ...judged, warnings: placed };
}

/** What was found in a tree, and what can be judged further. */
interface Judgement {
  readonly findings: readonly ConfigFinding[];
  /** False where the form of something is wrong. */
  readonly isFormed: boolean;
  readonly rest: { readonly whole: WholeConfig; readonly report: Report } | null;
}

/** Schemas first, over the whole document; then the checks between sections, over what is left of it. */
function judge(tree: Tree, language: ConfigLanguage): Judgement {
  const validation = validate(language, tree.value);
  if (validation.ok && tree.voids.length === 0 && tree.puzzles.length === 0) {
    return check(validation.whole, soundGround(tree.value), language, []);
  }
  const issues = validation.ok ? [] : validation.issues;
  const context = { raw: tree.value, schema: schemaOf(language), planned: language.planned };
  // A scalar that could not be expanded has no value to judge.
  const voids = new Set(tree.voids.map(pathKey));
  const form = translateIssues(issues, context).filter(({ at }) => !voids.has(pathKey(at)));
  const wrong = [...tree.voids, ...issues.flatMap(placesOf)];
  const rest = salvage(tree.value, wrong, (value) => validateRest(language, value));
  if (rest === null) return { findings: form, isFormed: validation.ok, rest: null };
  const puzzles = tree.puzzles.map((above) => ({ above, meant: null }));
  const strays = [...straysOf(issues, context), ...puzzles];
  const { gaps, origin } = rest;
  const ground = { raw: tree.value, wrong, gaps, strays, origin };
  return { ...check(rest.whole, ground, language, form), isFormed: validation.ok };
}

function check(
  whole: WholeConfig,
  ground: Ground,
  { checks }: ConfigLanguage,
  form: readonly ConfigFinding[],
): Judgement {
  const report = new Report(ground);
  for (const one of checks) one(whole, report);
  return { findings: [...form, ...report.findings], isFormed: true, rest: { whole, report } };
}

function placeFaults(placer: Placer, { faults }: YamlText): PlacedFinding[] {
  return faults.map((fault) => placer.place(fault, fault.span));
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

function isError({ level }: ConfigFinding): boolean {
  return level !== 'warning';
}
