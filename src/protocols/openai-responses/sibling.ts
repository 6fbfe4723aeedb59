/** What the chat language of the same vendor says in other words: its own fields, found in its bags, without asking its codec. */
import type { Extra, OpaqueTool, ToolChoice } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';

const CHAT = 'openai-chat';

/** Request fields that both languages spell alike. */
const SAME: readonly string[] = ['store', 'prompt_cache_retention', 'prompt_cache_options', 'safety_identifier'];

/** What of a chat request's bag can be said here, and what is left of the bag. */
export function adoptFields(bag: JsonObject): { readonly fields: MutableJsonObject; readonly rest: JsonObject } {
  const fields: MutableJsonObject = {};
  const rest: MutableJsonObject = {};
  for (const key in bag) {
    if (SAME.includes(key)) fields[key] = bag[key];
    else if (key === 'verbosity') fields['text'] = { verbosity: bag[key] };
    else rest[key] = bag[key];
  }
  return { fields, rest };
}

/** A custom tool of the chat language in this one; null for every other tool. */
export function adoptTool({ protocol, value }: OpaqueTool): JsonObject | null {
  const body = value['custom'];
  if (protocol !== CHAT || value['type'] !== 'custom' || !isJsonObject(body)) return null;
  const format = body['format'];
  if (!isJsonObject(format) || !isJsonObject(format['grammar'])) return { type: 'custom', ...body };
  const { grammar, ...rest } = format;
  return { type: 'custom', ...body, format: { ...rest, ...(isJsonObject(grammar) ? grammar : {}) } };
}

/** A choice of a custom tool in the chat language; null for every other. */
export function adoptToolChoice(choice: Extract<ToolChoice, { type: 'opaque' }>): Json | null {
  const { protocol, value } = choice;
  if (protocol !== CHAT || !isJsonObject(value) || value['type'] !== 'custom') return null;
  const body = value['custom'];
  return isJsonObject(body) && typeof body['name'] === 'string' ? { type: 'custom', name: body['name'] } : null;
}

/** How closely the chat language wants an image looked at; null = not said. */
export function adoptDetail(extra: Extra | undefined): string | null {
  const image = extra?.[CHAT]?.['image_url'];
  return isJsonObject(image) && typeof image['detail'] === 'string' ? image['detail'] : null;
}

/** The bags of an image without what `adoptDetail` takes from them. */
export function withoutDetail(extra: Extra | undefined): Extra | undefined {
  const bag = extra?.[CHAT];
  const image = bag?.['image_url'];
  if (!isJsonObject(image) || adoptDetail(extra) === null) return extra;
  const { detail: _detail, ...inner } = image;
  const { image_url: _image, ...rest } = bag ?? {};
  return { ...extra, [CHAT]: Object.keys(inner).length === 0 ? rest : { ...rest, image_url: inner } };
}
