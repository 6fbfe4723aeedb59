/** What an answer says of where it ran, held against what was asked for. */
import type { Backend } from '../../core/backend.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';

/** The place that an answer names, shortened; null = none, or its backend is not known to name any. */
export function placeSaid({ region }: Backend, usage: Usage | null): string | null {
  if (region === null || region.proof === null || usage === null || !isJsonObject(usage.raw)) return null;
  const said = usage.raw[region.proof[0]];
  return typeof said === 'string' ? said.slice(0, 64) : null;
}

/** True where it names another place than the one that was asked for. */
export function isAstray({ region }: Backend, said: string | null): said is string {
  return said !== null && region !== null && region.proof !== null && said !== region.proof[1];
}
