/** What an answer says of where it ran, held against what was asked for. */
import type { Backend } from '../../core/backend.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';

/** The other place that an answer names; null = it names the one that was asked for, or none. */
export function strayedTo({ region }: Backend, usage: Usage | null): string | null {
  if (region === null || region.proof === null || usage === null || !isJsonObject(usage.raw)) return null;
  const [field, wanted] = region.proof;
  const said = usage.raw[field];
  return typeof said !== 'string' || said === wanted ? null : said.slice(0, 64);
}
