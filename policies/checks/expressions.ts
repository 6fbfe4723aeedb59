/** Expressions in the file: what does not compile is reported where it stands in the text. */
import type { ConfigPath, ConfigReport } from '../../src/core/config.ts';
import { compileExpression } from '../expressions.ts';

/** Reports what is wrong with an expression, with the offset into its text. */
export function checkExpression(at: ConfigPath, text: string, report: ConfigReport): void {
  const { problem } = compileExpression(text);
  if (problem !== null) report.add({ at, ...problem });
}
