/** The record of a decision as people read it: who was in, who was out and why, what is tried in which order. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { alignColumns } from './columns.ts';

/** The text of a full explain record, several lines. */
export function describeDecision(record: JsonObject): string {
  const facts = objectAt(record, 'facts');
  const candidates = objectsAt(record, 'candidates');
  const plan = objectsAt(record, 'plan');
  const eligible = candidates.filter(({ eligible: isIn }) => isIn === true).length;
  const lines = [
    `${text(facts['model'])}: ${eligible} of ${candidates.length} backends may answer (rule ${text(record['rule'])})`,
    `  request      ${describeFacts(facts)}`,
    ...describeConstraints(objectsAt(record, 'constraints')),
    '',
    ...describeCandidates(candidates, plan).map((line) => `  ${line}`),
    '',
    ...(isJsonObject(record['refusal']) ? [describeRefusal(record['refusal'])] : describePlan(plan)),
    ...describeCost(record['price_of_policy']),
  ];
  return `${lines.join('\n')}\n`;
}

function describeFacts(facts: JsonObject): string {
  const needs = isJsonArray(facts['needs']) ? facts['needs'] : [];
  const output =
    facts['max_out'] === null ? 'any length of answer' : `at most ${text(facts['max_out'])} tokens of answer`;
  const parts = [`about ${text(facts['tokens_in'])} tokens`, output];
  if (needs.length > 0) parts.push(`needs ${needs.map(text).join(', ')}`);
  if (facts['key'] !== null) parts.push(`key ${text(facts['key'])}`);
  const labels = isJsonArray(facts['labels']) ? facts['labels'].map(text) : [];
  parts.push([`class ${text(facts['class'])}`, ...labels].join(' '));
  return parts.join(', ');
}

function describeConstraints(constraints: readonly JsonObject[]): string[] {
  if (constraints.length === 0) return [];
  const words = constraints.map(({ id, active, blocked }) =>
    active === true ? `${text(id)} (blocks ${text(blocked)})` : `${text(id)} (does not apply)`,
  );
  return [`  constraints  ${words.join(', ')}`];
}

function describeCandidates(candidates: readonly JsonObject[], plan: readonly JsonObject[]): string[] {
  const rows = candidates.flatMap((candidate) => {
    const at = plan.findIndex((attempt) => attempt['try'] === candidate['id']);
    const place = candidate['eligible'] !== true ? 'out' : at < 0 ? 'not tried' : `try ${at + 1}`;
    const [reason = '', ...others] = reasonsOf(candidate);
    const first = [text(candidate['id']), place, usd(candidate['score_usd']), text(candidate['health']), reason];
    return [first, ...others.map((other) => ['', '', '', '', other])];
  });
  return alignColumns([['BACKEND', 'PLACE', 'COST', 'HEALTH', 'WHY NOT'], ...rows]);
}

function reasonsOf(candidate: JsonObject): string[] {
  return objectsAt(candidate, 'failed').map(
    ({ constraint, key, want, got }) => `${text(constraint)}: ${text(key)} want ${text(want)}, got ${text(got)}`,
  );
}

function describePlan(plan: readonly JsonObject[]): string[] {
  return plan.map((attempt, i) => {
    const reasons = isJsonArray(attempt['if']) ? ` after ${attempt['if'].map(text).join(', ')}` : '';
    const mode = attempt['mode'] === 'retry' ? ' once more' : '';
    return `  ${i === 0 ? 'first' : 'then '}  ${text(attempt['try'])}${mode}${reasons}`;
  });
}

function describeRefusal(refusal: JsonObject): string {
  return `  refused: ${text(refusal['message'])} [${text(refusal['code'])}]`;
}

function describeCost(price: Json | undefined): string[] {
  if (!isJsonObject(price) || price['extra_usd'] === 0) return [];
  const cheapest = text(price['cheapest_unconstrained']);
  return [`  the constraints cost ${usd(price['extra_usd'])}: without them ${cheapest} is the cheapest`];
}

/** Dollars with three significant digits; what is not known is not free. */
function usd(value: Json | undefined): string {
  if (typeof value !== 'number') return 'unknown';
  if (value === 0) return '$0';
  const digits = Math.max(2, 2 - Math.floor(Math.log10(Math.abs(value))));
  return `$${value.toFixed(Math.min(12, digits))}`;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function objectAt(record: JsonObject, key: string): JsonObject {
  const value = record[key];
  return isJsonObject(value) ? value : {};
}

function objectsAt(record: JsonObject, key: string): readonly JsonObject[] {
  const value = record[key];
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}
