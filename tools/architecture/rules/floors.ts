/** Imports go downward: rooms, siblings, runtime folders and targets that exist. */
import { isHouse, isListed, isUnder, maySee, placeOf, RUNTIME_FOLDERS } from '../floors.ts';
import type { Import, Module } from '../module.ts';
import type { House, Report, Rule } from '../rule.ts';

/** Every module of the house lies in a room of the floor plan. */
export const roomRule: Rule = {
  id: 'room',
  why: 'a file without a room has no rules',
  check({ modules }, report) {
    for (const { path } of modules.values()) {
      if (isHouse(path) && placeOf(path) === null) report(path, 0, 'lies in no room of the floor plan');
    }
  },
};

/** A room imports only the rooms that its line of the table names. */
export const floorRule: Rule = {
  id: 'floor',
  why: 'data goes down by argument and comes up by return value',
  check: (house, report) => eachEdge(house, report, checkFloor),
};

function checkFloor(from: Module, edge: Import, target: string, report: Report): void {
  const here = placeOf(from.path);
  const there = placeOf(target);
  if (here === null) return;
  if (there === null) report(from.path, edge.line, `imports ${target}, which lies outside the house`);
  else if (!maySee(here, there)) report(from.path, edge.line, `${here.id} may not see ${there.id} (${target})`);
}

/** Only gates and the same kind of folder reach into a folder that one runtime alone can run. */
export const runtimeRule: Rule = {
  id: 'runtime-folder',
  why: 'whatever the edge loads must run on the edge',
  check: (house, report) => eachEdge(house, report, checkRuntime),
};

function checkRuntime(from: Module, edge: Import, target: string, report: Report): void {
  for (const { name, gates } of RUNTIME_FOLDERS) {
    if (!isUnder(target, name) || isUnder(from.path, name) || isListed(from.path, gates)) continue;
    report(from.path, edge.line, `only ${gates.join(', ')} and ${name}/ folders may import ${target}`);
  }
}

/** A relative import names a file that exists. */
export const targetRule: Rule = {
  id: 'target',
  why: 'an import that resolves nowhere escapes every other rule',
  check({ modules }, report) {
    for (const from of modules.values()) {
      for (const { target, line, specifier } of from.imports) {
        if (target === null || !isHouse(from.path) || modules.has(target)) continue;
        report(from.path, line, `cannot find ${specifier}; write the path with its .ts`);
      }
    }
  },
};

type CheckEdge = (from: Module, edge: Import, target: string, report: Report) => void;

function eachEdge({ modules }: House, report: Report, check: CheckEdge): void {
  for (const from of modules.values()) {
    if (!isHouse(from.path)) continue;
    for (const edge of from.imports) if (edge.target !== null) check(from, edge, edge.target, report);
  }
}
