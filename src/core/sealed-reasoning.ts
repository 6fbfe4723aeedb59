/** Carries sealed reasoning of one wire language through the opaque field of another, so that it comes back with the next turn. */
import type { Extra, ReasoningPart } from './chat.ts';
import { isJsonObject, type Json, type MutableJsonObject } from './json.ts';

/** How a seal of ours begins. No vendor's signature or encrypted content does: a dot is in nobody's base64. */
export const SEAL_PREFIX = 'thalweg.1.';

/** What a seal may hold: a part of a request or an answer, with its text where the client's language keeps the two apart. */
export type SealedReasoning = Omit<ReasoningPart, 'type' | 'text'> & { readonly text?: string };

/**
 * The seal of a part as one string for an opaque field: signature, sealed form, origin, bags, and the text where it is given. It hides nothing and proves
 * nothing: a client may read and forge it, and the vendor that made the seal checks what is in it.
 */
export function sealReasoning(part: SealedReasoning): string {
  const fields: MutableJsonObject = {};
  for (const key of ['text', 'signature', 'opaque', 'origin'] as const)
    if (part[key] !== undefined) fields[key] = part[key];
  if (part.extra !== undefined) fields['extra'] = part.extra as Json;
  return SEAL_PREFIX + toBase64(JSON.stringify(fields));
}

/** What was sealed; null when the text is no seal of ours, or a broken one. */
export function openSealedReasoning(text: string): SealedReasoning | null {
  if (!text.startsWith(SEAL_PREFIX)) return null;
  let fields: Json;
  try {
    fields = JSON.parse(fromBase64(text.slice(SEAL_PREFIX.length))) as Json;
  } catch {
    return null;
  }
  if (!isJsonObject(fields)) return null;
  const { text: words, signature, opaque, origin, extra } = fields;
  return {
    ...(typeof words === 'string' ? { text: words } : {}),
    ...(typeof signature === 'string' ? { signature } : {}),
    ...(typeof opaque === 'string' ? { opaque } : {}),
    ...(typeof origin === 'string' ? { origin } : {}),
    ...(isBags(extra) ? { extra } : {}),
  };
}

function isBags(extra: Json | undefined): extra is Extra & Json {
  return isJsonObject(extra) && Object.values(extra).every(isJsonObject);
}

function toBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}
