/** The models lists of this protocol. */
import type { JsonObject } from '../../core/json.ts';
import type { ModelInfo } from '../../core/protocol.ts';

/** One model. Anthropic documents that an unknown time is said as the epoch. */
export function writeModel({ id, createdAtMs }: ModelInfo): JsonObject {
  const created = new Date(createdAtMs ?? 0).toISOString().replace('.000Z', 'Z');
  return { type: 'model', id, display_name: id, created_at: created };
}

/** The answer of `GET /models`, all on one page. */
export function writeModels(list: readonly ModelInfo[]): JsonObject {
  return {
    data: list.map(writeModel),
    has_more: false,
    first_id: list[0]?.id ?? null,
    last_id: list.at(-1)?.id ?? null,
  };
}
