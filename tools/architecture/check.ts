/** Runs every rule of the house over a set of sources and counts what was looked at. */
import { isHouse, ROOMS } from './floors.ts';
import { readModule, type Module } from './module.ts';
import type { House, Rule, Violation } from './rule.ts';
import { cycleRule } from './rules/cycles.ts';
import { documentedRule, exportsOf, openingRule } from './rules/documentation.ts';
import { edgeRule } from './rules/edge.ts';
import { anyRule, castRule, promiseRule, silenceRule } from './rules/escapes.ts';
import { floorRule, roomRule, runtimeRule, targetRule } from './rules/floors.ts';
import { globalRule } from './rules/globals.ts';
import { drawerRule, kebabRule } from './rules/names.ts';
import { declaredRule, placementRule, zodRule } from './rules/packages.ts';
import { fileSizeRule, fileSizes, functionSizeRule, functionSizes, summarize, type Sizes } from './rules/size.ts';

/** A source that cannot be parsed hides from every other rule. */
const parsedRule: Rule = {
  id: 'parsed',
  why: 'what cannot be read cannot be checked',
  check({ modules }, report) {
    for (const { path, errors } of modules.values()) for (const error of errors) report(path, 0, error);
  },
};

/** All rules, in the order in which they report. */
export const RULES: readonly Rule[] = [
  parsedRule,
  roomRule,
  floorRule,
  runtimeRule,
  targetRule,
  placementRule,
  declaredRule,
  zodRule,
  edgeRule,
  cycleRule,
  openingRule,
  documentedRule,
  fileSizeRule,
  functionSizeRule,
  globalRule,
  anyRule,
  castRule,
  silenceRule,
  promiseRule,
  drawerRule,
  kebabRule,
];

/** What was looked at; a check that looked at nothing proves nothing. */
export interface Counts {
  readonly modules: number;
  readonly houseModules: number;
  readonly rooms: number;
  readonly imports: number;
  readonly exports: number;
  readonly documentedExports: number;
  readonly files: Sizes;
  readonly functions: Sizes;
}

/** The outcome of one check. */
export interface Outcome {
  readonly violations: readonly Violation[];
  readonly counts: Counts;
}

/** Checks sources given as path -> text; `dependencies` are the packages that users install with us. */
export function checkArchitecture(sources: Readonly<Record<string, string>>, dependencies: readonly string[]): Outcome {
  const modules = new Map<string, Module>();
  for (const [path, text] of Object.entries(sources)) modules.set(path, readModule(path, text));
  const house: House = { modules, dependencies: new Set(dependencies) };
  const violations: Violation[] = [];
  for (const rule of RULES) {
    rule.check(house, (path, line, message) => violations.push({ rule: rule.id, path, line, message }));
  }
  return { violations, counts: count(house) };
}

function count(house: House): Counts {
  const all = [...house.modules.values()];
  const exports = all.flatMap(exportsOf);
  return {
    modules: all.length,
    houseModules: all.filter(({ path }) => isHouse(path)).length,
    rooms: ROOMS.length,
    imports: all.reduce((sum, { imports }) => sum + imports.length, 0),
    exports: exports.length,
    documentedExports: exports.filter(({ documented }) => documented).length,
    files: summarize(fileSizes(house)),
    functions: summarize(functionSizes(house).map(({ lines }) => lines)),
  };
}
