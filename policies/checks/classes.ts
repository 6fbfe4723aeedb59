/** Classes: conditions that may not read them, and constraints that would loosen as the class rises. */
import type { ConfigPath, ConfigReport, WholeConfig } from '../../src/core/config.ts';
import { compileExpression } from '../expressions.ts';
import { looseningPart, readsData } from '../reads-data.ts';
import { constraintsIn } from '../scopes.ts';
import { checkExpression } from './expressions.ts';

/** Checks `classify`, and how constraints speak of classes. */
export function checkClasses(whole: WholeConfig, report: ConfigReport): void {
  for (const [i, { when }] of whole.classify.entries()) {
    if (when === undefined) continue;
    const at = ['classify', i, 'when'];
    checkExpression(at, when, report);
    const tree = compileExpression(when).expression?.tree;
    if (tree === undefined || !readsData(tree)) continue;
    report.add({
      at,
      code: 'circular-class',
      message: 'this decides the class and cannot ask for it',
      fix: 'use request.* and key.*',
    });
  }
  for (const { config, at } of constraintsIn(whole)) {
    if (config.when !== undefined) checkRising([...at, 'when'], config.when, report);
  }
}

function checkRising(at: ConfigPath, when: string, report: ConfigReport): void {
  const tree = compileExpression(when).expression?.tree;
  const part = tree === undefined ? null : looseningPart(tree);
  if (part === null) return;
  report.add({
    at,
    code: 'loosening-constraint',
    message: 'a higher class or one label more could switch this constraint off',
    fix: 'write data.class >= … or "…" in data.labels, joined by && and ||',
    offset: part.start,
  });
}
