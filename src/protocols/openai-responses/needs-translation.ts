/** Says when a backend's dialect asks for more than the byte path may do to a request or its answer. */
import { isJsonArray, isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Dialect, FieldScan, RequestOutline } from '../../core/protocol.ts';
import { hasName, quoted } from '../../wire/json-glance.ts';

const OTHER_ROLE = { system: 'developer', developer: 'system' } as const;

/** True when answers carry their reasoning between tags, or the input has a role or call ids that the vendor spells otherwise. */
export function needsTranslation(scan: FieldScan, _outline: RequestOutline, dialect: Dialect): boolean {
  const { systemRole, toolCallId, reasoning } = dialect;
  if (reasoning.output === 'tags' || reasoning.output === 'primed') return true;
  const names: string[] = [];
  if (toolCallId !== null) names.push(quoted('call_id'));
  if (systemRole !== 'any') names.push(quoted(OTHER_ROLE[systemRole]));
  const range = names.length === 0 ? null : scan.range('input');
  if (range === null || !hasName(scan.body, range[0], range[1], names)) return false;
  const items = scan.value('input');
  const allowed = toolCallId === null ? null : new RegExp(toolCallId);
  return isJsonArray(items) && items.some((item) => isJsonObject(item) && needs(item, systemRole, allowed));
}

function needs(item: JsonObject, systemRole: Dialect['systemRole'], allowed: RegExp | null): boolean {
  if (systemRole !== 'any' && item['role'] === OTHER_ROLE[systemRole]) return true;
  const id = item['call_id'];
  return allowed !== null && typeof id === 'string' && !allowed.test(id);
}
