/** What an inspection found, for people and for programs. */
import { mayLoad, type Inspection } from '../../artifact/inspect.ts';
import type { InspectLevel } from '../../artifact/inspect-finding.ts';
import type { JsonObject } from '../../core/json.ts';
import { count, paint, type Style, type Terminal } from '../terminal.ts';
import { sentence } from './failure.ts';
import { printable } from './printable.ts';

const STYLES: Readonly<Record<InspectLevel, Style>> = { refuse: 'red', warn: 'yellow', note: 'dim' };
/** Findings of one level that are shown. */
const SHOWN = 50;

/** The record for programs. */
export function inspectionToJson(inspection: Inspection): JsonObject {
  const { findings, weights, templates } = inspection;
  return JSON.parse(JSON.stringify({ ok: mayLoad(inspection), findings, weights, templates })) as JsonObject;
}

/** One line per finding, the gravest first, each with its remedy where something is to be done. */
export function findingsToText({ findings }: Inspection, { stdout }: Terminal): string {
  let text = '';
  for (const level of ['refuse', 'warn', 'note'] as const) {
    const found = findings.filter((one) => one.level === level);
    for (const { rule, file, message, remedy } of found.slice(0, SHOWN)) {
      text += `  ${paint(stdout, STYLES[level], level.padEnd(6))}  ${printable(`${file}: ${message}`)} (${rule})\n`;
      if (level !== 'note') text += `          ${sentence(remedy)}\n`;
    }
    if (found.length > SHOWN) text += `  ${level.padEnd(6)}  and ${found.length - SHOWN} more\n`;
  }
  return text;
}

/** `nothing found`, `2 not to be loaded, 1 warning`. */
export function summarizeFindings({ findings }: Inspection): string {
  const amount = (level: InspectLevel): number => findings.filter((one) => one.level === level).length;
  const [refused, warnings, notes] = [amount('refuse'), amount('warn'), amount('note')];
  const parts = [
    ...(refused > 0 ? [`${refused} not to be loaded`] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
    ...(notes > 0 ? [count(notes, 'note')] : []),
  ];
  return parts.join(', ') || 'nothing found';
}
