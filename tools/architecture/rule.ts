/** What a rule of the house is: a name, a reason and a function from all modules to what breaks it. */
import type { Module } from './module.ts';

/** One place that breaks a rule; `line` is 0 when it is about the file or the house as a whole. */
export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** What all rules look at. */
export interface House {
  /** By path from the repository root. */
  readonly modules: ReadonlyMap<string, Module>;
  /** Packages that users install with us. */
  readonly dependencies: ReadonlySet<string>;
}

/** Reports one violation of the rule that is being run. */
export type Report = (path: string, line: number, message: string) => void;

/** One rule. */
export interface Rule {
  readonly id: string;
  /** Why it exists, one clause. */
  readonly why: string;
  check(house: House, report: Report): void;
}
