/** Writes token counts into usage objects: what nobody told stays out. */
import { isJsonObject, type MutableJsonObject } from '../../core/json.ts';

/** Sets a count where it is told. */
export function setCount(body: MutableJsonObject, key: string, count: number | null): void {
  if (count !== null) body[key] = count;
}

/** Sets the counts of a details object beside what already stands in it; without any there is no such object. */
export function setDetails(
  body: MutableJsonObject,
  key: string,
  counts: Readonly<Record<string, number | null>>,
): void {
  const before = body[key];
  const details: MutableJsonObject = isJsonObject(before) ? { ...before } : {};
  for (const name in counts) setCount(details, name, counts[name] ?? null);
  for (const _ in details) {
    body[key] = details;
    return;
  }
}
