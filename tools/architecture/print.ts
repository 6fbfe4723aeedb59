/** The figures and findings of the architecture check as text. */
import { RULES, type Counts } from './check.ts';
import { BUDGET, type Sizes } from './rules/size.ts';
import type { Violation } from './rule.ts';

/** A block of lines for people and logs. */
export function formatCounts(counts: Counts): string {
  const share = counts.exports === 0 ? 100 : (100 * counts.documentedExports) / counts.exports;
  return [
    `modules    ${counts.modules} (${counts.houseModules} in the house, ${counts.rooms} rooms), ${counts.imports} imports`,
    `exports    ${counts.exports}, documented ${share.toFixed(1)} %`,
    `files      ${formatSizes(counts.files)}; budget: median ${BUDGET.fileMedian}, limit ${BUDGET.file}`,
    `functions  ${formatSizes(counts.functions)}; budget: p90 ${BUDGET.functionP90}, limit ${BUDGET.function}`,
    `rules      ${RULES.length}`,
  ].join('\n');
}

/** One line per violation, `path:line rule: message`. */
export function formatViolations(violations: readonly Violation[]): string {
  return violations.map(({ rule, path, line, message }) => `${path}:${line} ${rule}: ${message}\n`).join('');
}

function formatSizes({ count, median, p90, max }: Sizes): string {
  return `${count}, lines median ${median}, p90 ${p90}, max ${max}`;
}
