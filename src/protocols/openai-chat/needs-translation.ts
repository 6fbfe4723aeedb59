/** Says when a backend's dialect asks for more than the byte path may do to a request or its answer. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Dialect, FieldScan, RequestOutline } from '../../core/protocol.ts';
import { hasName, quoted } from '../../wire/json-glance.ts';
import { takesEffort } from './dialect.ts';
import { DETAILS } from './reasoning-details.ts';

/** What a dialect spells otherwise in messages: the names that make a look worth while, and which message really needs it. */
interface Habit {
  readonly names: readonly string[];
  readonly needs: (message: JsonObject) => boolean;
}

/** All habits of a dialect, and every name of theirs. */
interface Habits {
  readonly all: readonly Habit[];
  readonly names: readonly string[];
}

const habitsByDialect = new WeakMap<Dialect, Habits>();

/** The habits of a dialect, which lives as long as its snapshot: made once. */
function habitsOf(dialect: Dialect): Habits {
  let habits = habitsByDialect.get(dialect);
  if (habits === undefined) {
    const all = [idHabit(dialect), roleHabit(dialect), reasoningHabit(dialect), detailsHabit(dialect)].filter(
      (habit) => habit !== null,
    );
    habits = { all, names: all.flatMap(({ names }) => names) };
    habitsByDialect.set(dialect, habits);
  }
  return habits;
}

function idHabit({ toolCallId }: Dialect): Habit | null {
  if (toolCallId === null) return null;
  const allowed = new RegExp(toolCallId);
  const isOther = (id: Json | undefined): boolean => typeof id === 'string' && !allowed.test(id);
  return {
    names: ['tool_call_id', 'tool_calls'].map(quoted),
    needs({ tool_calls: calls, tool_call_id: id }) {
      return isOther(id) || (isJsonArray(calls) && calls.some((call) => isJsonObject(call) && isOther(call['id'])));
    },
  };
}

function roleHabit({ systemRole }: Dialect): Habit | null {
  if (systemRole === 'any') return null;
  const other = systemRole === 'system' ? 'developer' : 'system';
  return { names: [quoted(other)], needs: ({ role }) => role === other };
}

function reasoningHabit({ reasoning: { replay, field } }: Dialect): Habit | null {
  if (replay === 'never') return null;
  const own = field ?? 'reasoning_content';
  const spellings = ['reasoning_content', 'reasoning'];
  return {
    names: spellings.filter((name) => replay === 'tags' || name !== own).map(quoted),
    needs: (message) => spellings.some((name) => isText(message[name])) && (replay === 'tags' || !isText(message[own])),
  };
}

/** Sealed reasoning goes only where the field is known. */
function detailsHabit({ reasoning }: Dialect): Habit | null {
  if (reasoning.details === true) return null;
  return { names: [quoted(DETAILS)], needs: (message) => isJsonArray(message[DETAILS]) };
}

/**
 * True when answers carry their reasoning between tags, or when this request has call ids, roles, earlier reasoning or an effort
 * that the vendor spells otherwise, or both spellings of a renamed field. A vendor that takes no earlier reasoning (`never`)
 * gets the client's bytes all the same.
 */
export function needsTranslation(scan: FieldScan, _outline: RequestOutline, dialect: Dialect): boolean {
  const { output, control, details } = dialect.reasoning;
  if (output === 'tags' || output === 'primed') return true;
  if (scan.has('reasoning_effort') && !takesEffort(dialect, scan.value('reasoning_effort'))) return true;
  if (control !== 'reasoning' && details !== true && scan.has('reasoning')) return true;
  if (isNamedTwice(scan, dialect)) return true;
  if (dialect.forcedTool === false && isForced(scan.value('tool_choice'))) return true;
  const { all, names } = habitsOf(dialect);
  const range = all.length === 0 ? null : scan.range('messages');
  if (range === null) return false;
  if (!hasName(scan.body, range[0], range[1], names)) return false;
  const messages = scan.value('messages');
  if (!isJsonArray(messages)) return false;
  return messages.some((message) => isJsonObject(message) && all.some(({ needs }) => needs(message)));
}

/** A splice would rename one field onto the other: `max_tokens` beside `max_completion_tokens`. */
function isNamedTwice(scan: FieldScan, { rename }: Dialect): boolean {
  for (const key in rename) if (scan.has(key) && scan.has(rename[key] ?? key)) return true;
  return false;
}

function isForced(choice: Json | undefined): boolean {
  return choice === 'required' || isJsonObject(choice);
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}
