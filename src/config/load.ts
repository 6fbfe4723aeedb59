/** Loading: text in, the one validated configuration out, or everything that is wrong with it. */
import type { ConfigFinding, ConfigPath, WholeConfig } from '../core/config.ts';
import type { JsonObject } from '../core/json.ts';
import type { ExpansionPorts } from './expand.ts';
import { straysOf, translateIssues, unknownKey, type IssueContext } from './issues.ts';
import { locate } from './locate.ts';
import { pathKey } from './path.ts';
import { inOrder, Placer, type PlacedFinding } from './place.ts';
import { Report, soundGround, type Ground } from './report.ts';
import { salvage } from './salvage.ts';
import {
  placesOf,
  rawJsonSchema,
  validate,
  validateRest,
  type ConfigLanguage,
  type SchemaIssue,
  type Validation,
} from './schema.ts';
import { scrubFinding } from './scrub.ts';
import type { Target } from './secret.ts';
import { Spelling } from './spelling.ts';
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
  const { whole, report, origin } = rest;
  const judged: JudgedConfig = {
    whole,
    faults: [...tree.voids, ...findings.filter(isError).map(({ at }) => at)],
    isSound: (at) => report.isSound(at),
    place: (later) => place(later.map((finding) => ({ ...finding, at: origin(finding.at) }))),
  };
  return isRefused ? { ok: false, findings: placed, rest: judged } : { ok: true, ...judged, warnings: placed };
}

/** What was found in a tree, and what can be judged further. */
interface Judgement {
  readonly findings: readonly ConfigFinding[];
  /** False where the form of something is wrong. */
  readonly isFormed: boolean;
  readonly rest: {
    readonly whole: WholeConfig;
    readonly report: Report;
    /** Where a place of `whole` is in the document. */
    readonly origin: (at: ConfigPath) => ConfigPath;
  } | null;
}

/** Schemas first, over the whole document; then the checks between sections, over what is left of it. */
function judge(tree: Tree, language: ConfigLanguage): Judgement {
  const validation = validate(language, tree.value);
  if (validation.ok && tree.voids.length === 0 && tree.puzzles.length === 0) {
    return check(validation.whole, soundGround(tree.value), (at) => at, language);
  }
  const { spelling, issues, context, form } = readForm(validation, tree, language);
  const voids = tree.voids.map((at) => spelling.read(at));
  const wrong = [...voids, ...issues.flatMap(placesOf)];
  const rest = salvage(spelling.value, wrong, (value) => validateRest(language, value));
  if (rest === null) return { findings: form, isFormed: validation.ok, rest: null };
  const puzzles = tree.puzzles.map((above) => ({ above: spelling.read(above), meant: null }));
  const strays = [...straysOf(issues, context), ...puzzles];
  const gaps = [...rest.gaps, ...spelling.corrected];
  const ground = { raw: spelling.value, wrong, gaps, strays, origin: (at: ConfigPath) => rest.origin(at) };
  const judgement = check(rest.whole, ground, (at) => spelling.written(at), language);
  return { ...judgement, findings: [...form, ...judgement.findings], isFormed: validation.ok };
}

/** What is wrong with the form of a document, at its places there. */
interface Form {
  readonly spelling: Spelling;
  /** Of the document as it is read. */
  readonly issues: readonly SchemaIssue[];
  readonly context: IssueContext;
  readonly form: readonly ConfigFinding[];
}

/** Misspelt keys may hold misspelt keys, to some depth. */
const MAX_CORRECTIONS = 4;

function readForm(validation: Validation, tree: Tree, language: ConfigLanguage): Form {
  const spelling = new Spelling(tree.value);
  const form: ConfigFinding[] = [];
  let issues = validation.ok ? [] : validation.issues;
  let context = { raw: tree.value, schema: schemaOf(language), planned: language.planned };
  for (let round = 0; round < MAX_CORRECTIONS; round++) {
    const corrected = spelling.correct(straysOf(issues, context));
    if (corrected.length === 0) break;
    form.push(...corrected.map(({ above, key }) => unknownKey([...spelling.written(above), key], context)));
    const again = validate(language, spelling.value);
    issues = again.ok ? [] : again.issues;
    context = { ...context, raw: spelling.value };
  }
  // A scalar that could not be expanded has no value to judge.
  const voids = new Set(tree.voids.map(pathKey));
  const rest = translateIssues(issues, context).map((finding) => ({ ...finding, at: spelling.written(finding.at) }));
  return { spelling, issues, context, form: [...form, ...rest.filter(({ at }) => !voids.has(pathKey(at)))] };
}

function check(
  whole: WholeConfig,
  ground: Ground,
  written: (at: ConfigPath) => ConfigPath,
  { checks }: ConfigLanguage,
): Judgement {
  const report = new Report(ground);
  for (const one of checks) one(whole, report);
  const findings = report.findings.map((finding) => ({ ...finding, at: written(finding.at) }));
  return { findings, isFormed: true, rest: { whole, report, origin: (at) => written(report.origin(at)) } };
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
