/** What the client said of the backends that it wants, in headers and, in the chat language, in the body. */
import type { Preference } from '../core/preference.ts';
import {
  BACKEND_HEADER,
  joinPreferences,
  PREFER_HEADER,
  readPreferHeaders,
  readProviderObject,
} from '../core/read-preference.ts';
import { parseUnique } from '../wire/json-scan.ts';
import type { Exchange } from './exchange.ts';

/** The field of a chat body that holds wishes for backends, after OpenRouter. */
export const PREFERENCE_FIELD = 'provider';

/**
 * The wishes of a resolved exchange; null = none. Nothing is parsed where nothing is said.
 * @throws GatewayError `invalid-value`, `duplicate-key`
 */
export function preferenceOf(exchange: Exchange): Preference | null {
  const { headers } = exchange.call;
  const said = readPreferHeaders(headers.get(PREFER_HEADER), headers.get(BACKEND_HEADER));
  const { scan } = exchange;
  const range = hasWishes(exchange) ? scan!.range(PREFERENCE_FIELD)! : null;
  if (range === null) return said;
  const inBody = readProviderObject(parseUnique(scan!.body, range[0], range[1]));
  return said === null ? inBody : joinPreferences(said, inBody);
}

/** True where the body has wishes: only the chat language has a place for them. */
export function hasWishes({ scan, protocol }: Exchange): boolean {
  return scan !== null && protocol.id === 'openai-chat' && scan.has(PREFERENCE_FIELD);
}
