/** The record of a decision as people read it: who was in, who was out and why, what is tried in which order. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { alignColumns } from './columns.ts';
import type { Painter } from './terminal.ts';

/** The text of a full explain record, several lines; painted where the painter paints. */
export function describeDecision(record: JsonObject, paint: Painter): string {
  const facts = objectAt(record, 'facts');
  const candidates = objectsAt(record, 'candidates');
  const plan = objectsAt(record, 'plan');
  const eligible = candidates.filter(({ eligible: isIn }) => isIn === true).length;
  const lines = [
    paint('bold', `${text(facts['model'])}: ${eligible} of ${candidates.length} backends may answer`),
    ...labelled(
      [
        ['rule', describeRule(record)],
        ['request', describeFacts(facts)],
        ['data', describeData(facts)],
        ['constraints', describeConstraints(objectsAt(record, 'constraints'))],
      ],
      paint,
    ),
    '',
    ...describeCandidates(candidates, plan, paint).map((line) => `  ${line}`),
    '',
    ...(isJsonObject(record['refusal']) ? describeRefusal(record['refusal'], paint) : describePlan(plan)),
    ...describeChance(record),
    ...describeCost(record['price_of_policy']),
  ];
  return `${lines.join('\n')}\n`;
}

/** What has nothing to say is left out. */
function labelled(rows: readonly (readonly [string, string])[], paint: Painter): string[] {
  const said = rows.filter(([, value]) => value !== '').map(([name, value]) => [paint('dim', name), value]);
  return alignColumns(said).map((line) => `  ${line}`);
}

function describeRule(record: JsonObject): string {
  const { objective } = record;
  const parts = [`${text(record['rule'])}, ${text(record['pick'])}`];
  if (isJsonObject(objective)) {
    const limits = [
      ...(objective['ttft_ms'] === null ? [] : [`first content within ${ms(objective['ttft_ms'])}`]),
      ...(objective['tpot_ms'] === null ? [] : [`${ms(objective['tpot_ms'])} per token`]),
    ];
    parts.push(`${limits.join(' and ')} for ${percent(objective['attainment'])} of requests`);
  }
  return parts.join('; ');
}

function describeFacts(facts: JsonObject): string {
  const needs = isJsonArray(facts['needs']) ? facts['needs'] : [];
  const output =
    facts['max_out'] === null ? 'any length of answer' : `at most ${text(facts['max_out'])} tokens of answer`;
  const parts = [`about ${text(facts['tokens_in'])} tokens`, output];
  if (needs.length > 0) parts.push(`needs ${needs.map(text).join(', ')}`);
  if (facts['key'] !== null) parts.push(`key ${text(facts['key'])}`);
  if (typeof facts['tenant'] === 'string') parts.push(`tenant ${facts['tenant']}`);
  return parts.join(', ');
}

/** Class and labels, and where they come from; nothing where no rule asks. */
function describeData(facts: JsonObject): string {
  const reasons = objectsAt(facts, 'because').map(({ field, count, ...source }) => {
    const [[kind, name] = ['', null]] = Object.entries(source);
    const where = typeof field === 'string' ? ` in ${field}` : '';
    return `${kind} ${text(name)}${where}${typeof count === 'number' && count > 1 ? ` (${count} times)` : ''}`;
  });
  if (reasons.length === 0) return '';
  const labels = isJsonArray(facts['labels']) ? facts['labels'].map(text) : [];
  return `${[text(facts['class']), ...labels].join(', ')}: ${reasons.join('; ')}`;
}

function describeConstraints(constraints: readonly JsonObject[]): string {
  const words = constraints.map(({ id, scope, active, blocked, waived }) => {
    const whose = scope === 'gateway' || scope === undefined ? '' : ` of ${text(scope)}`;
    const waivers = typeof waived === 'number' ? `, waived for ${waived}` : '';
    return `${text(id)}${whose} (${active === true ? `blocks ${text(blocked)}${waivers}` : 'does not apply'})`;
  });
  return words.join(', ');
}

function describeCandidates(candidates: readonly JsonObject[], plan: readonly JsonObject[], paint: Painter): string[] {
  const rows = candidates.flatMap((candidate) => {
    const at = plan.findIndex((attempt) => attempt['try'] === candidate['id']);
    const isIn = candidate['eligible'] === true;
    const place = !isIn ? 'out' : at < 0 ? 'not tried' : `try ${at + 1}`;
    const [reason = '', ...others] = reasonsOf(candidate);
    const style = !isIn ? 'red' : at === 0 ? 'green' : 'reset';
    const ttft = objectAt(candidate, 'ttft_ms');
    const first = [
      text(candidate['id']),
      paint(style, place),
      usd(candidate['score_usd']),
      typeof ttft['p50'] === 'number' ? `${ms(ttft['p50'])}..${ms(ttft['p95'])}` : 'unknown',
      typeof candidate['p_miss'] === 'number' ? percent(candidate['p_miss']) : '-',
      healthText(candidate['health']),
      typeof candidate['guarantee'] === 'string' ? candidate['guarantee'] : '-',
      reason,
    ];
    return [first, ...others.map((other) => ['', '', '', '', '', '', '', other])];
  });
  const head = ['BACKEND', 'PLACE', 'SCORE', 'TTFT P50..P95', 'MISS', 'HEALTH', 'EVIDENCE', 'WHY'];
  return alignColumns([head.map((word) => paint('dim', word)), ...rows]);
}

/** The words of breakers are for those who know breakers: here they say whether a backend answers. */
const HEALTH: Readonly<Record<string, string>> = { closed: 'ok', 'half-open': 'probing', open: 'down' };

function healthText(health: Json | undefined): string {
  const word = text(health);
  return HEALTH[word] ?? word;
}

/** Why it is out, or what let it in although a constraint says no. */
function reasonsOf(candidate: JsonObject): string[] {
  const failed = objectsAt(candidate, 'failed').map(
    ({ constraint, key, want, got }) => `${text(constraint)}: ${text(key)} want ${text(want)}, got ${text(got)}`,
  );
  const waived = objectsAt(candidate, 'waived').map(
    ({ id, constraint, approver, expires }) =>
      `${text(constraint)} waived by ${text(id)} (${text(approver)}, until ${text(expires)})`,
  );
  return [...failed, ...waived];
}

function describePlan(plan: readonly JsonObject[]): string[] {
  return plan.map((attempt, i) => {
    const reasons = isJsonArray(attempt['if']) ? ` after ${attempt['if'].map(text).join(', ')}` : '';
    const mode = attempt['mode'] === 'retry' ? ' once more' : '';
    return `  ${i === 0 ? 'first' : 'then '}  ${text(attempt['try'])}${mode}${reasons}`;
  });
}

function describeRefusal(refusal: JsonObject, paint: Painter): string[] {
  const { nearest, message, code } = refusal;
  return [
    paint('red', `  refused: ${text(message)} [${text(code)}]`),
    ...(isJsonObject(nearest)
      ? [`  nearest  ${text(nearest['backend'])}, kept out by ${text(nearest['missing'])}`]
      : []),
  ];
}

/** The share of all dice with which the same backend would have come first; nothing where nothing was left to chance. */
function describeChance({ propensity }: JsonObject): string[] {
  if (typeof propensity !== 'number' || propensity === 1) return [];
  return [`  ${percent(propensity)} of equal requests would try the same backend first`];
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

function ms(value: Json | undefined): string {
  if (typeof value !== 'number') return 'unknown';
  return value < 1000 ? `${Math.round(value)} ms` : `${Number((value / 1000).toPrecision(2))} s`;
}

function percent(value: Json | undefined): string {
  return typeof value === 'number' ? `${Number((value * 100).toFixed(1))} %` : 'unknown';
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
