/** The models lists of this protocol. */
import type { JsonObject } from '../../core/json.ts';
import type { ModelInfo } from '../../core/protocol.ts';

/** One model. Where its time is not told, `created` is 0: the field is required and typed as a number. */
export function writeModel({ id, ownedBy, createdAtMs }: ModelInfo): JsonObject {
  return { id, object: 'model', created: Math.floor((createdAtMs ?? 0) / 1000), owned_by: ownedBy };
}

/** The answer of `GET /models`. */
export function writeModels(list: readonly ModelInfo[]): JsonObject {
  return { object: 'list', data: list.map(writeModel) };
}
