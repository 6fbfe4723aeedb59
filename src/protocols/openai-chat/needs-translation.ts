/** Says when a backend's dialect asks for more than the byte path may do to a request or its answer. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Dialect, FieldScan, RequestOutline } from '../../core/protocol.ts';
import { hasName, quoted } from './outline-bytes.ts';

/** A habit of the dialect: which names in the messages make it worth a look, and which message really needs it. */
interface Habit {
  readonly names: readonly string[];
  readonly needs: (message: JsonObject, dialect: Dialect) => boolean;
}

const OTHER_ROLE = { system: 'developer', developer: 'system' } as const;

const IDS: Habit = {
  names: ['tool_call_id', 'tool_calls'].map(quoted),
  needs(message, { toolCallId }) {
    const allowed = new RegExp(toolCallId ?? '');
    const calls = message['tool_calls'];
    const ids = isJsonArray(calls) ? calls.map((call) => (isJsonObject(call) ? call['id'] : null)) : [];
    return [...ids, message['tool_call_id']].some((id) => typeof id === 'string' && !allowed.test(id));
  },
};

const ROLES: Habit = {
  names: ['system', 'developer'].map(quoted),
  needs: (message, { systemRole }) => systemRole !== 'any' && message['role'] === OTHER_ROLE[systemRole],
};

const REASONING: Habit = {
  names: ['reasoning_content', 'reasoning'].map(quoted),
  needs(message, { reasoning: { replay, field } }) {
    const said = [message['reasoning_content'], message['reasoning']].some(isText);
    return said && (replay === 'tags' || !isText(message[field ?? 'reasoning_content']));
  },
};

/**
 * True when answers carry their reasoning between tags, or when this request has call ids, roles, earlier reasoning or an effort
 * that the vendor spells otherwise. A vendor that takes no earlier reasoning (`never`) gets the client's bytes all the same.
 */
export function needsTranslation(scan: FieldScan, _outline: RequestOutline, dialect: Dialect): boolean {
  const { output, control, replay } = dialect.reasoning;
  if (output === 'tags' || output === 'primed') return true;
  if (control !== null && control !== 'reasoning_effort' && scan.has('reasoning_effort')) return true;
  const habits: Habit[] = [];
  if (dialect.toolCallId !== null) habits.push(IDS);
  if (dialect.systemRole !== 'any') habits.push(ROLES);
  if (replay !== 'never') habits.push(REASONING);
  const range = habits.length === 0 ? null : scan.range('messages');
  if (range === null) return false;
  const names = habits.flatMap((habit) => habit.names);
  if (!hasName(scan.body, range[0], range[1], names)) return false;
  const messages = scan.value('messages');
  return (
    isJsonArray(messages) &&
    messages.some((message) => isJsonObject(message) && habits.some(({ needs }) => needs(message, dialect)))
  );
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}
