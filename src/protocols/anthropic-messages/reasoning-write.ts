/** Writes earlier reasoning: as thinking only where its signature is from the vendor that will read it. */
import type { Extra, ReasoningPart } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { sendable } from '../../wire/codec/extra.ts';
import { takesSeal } from '../../core/origin.ts';
import { sealReasoning } from '../../core/sealed-reasoning.ts';
import { isPlainDialect } from './dialect.ts';
import { loseForeign, ownBag, PROTOCOL } from './extra.ts';
import type { WriteContext } from './write-context.ts';

/** What seals a part, without its text. */
export type Seal = Omit<ReasoningPart, 'type' | 'text'>;

/** True for what was sealed in another language: it has the bag of another protocol and none of ours. */
function isForeign({ extra }: Seal): boolean {
  return extra !== undefined && !(PROTOCOL in extra) && Object.keys(extra).length > 0;
}

/**
 * The block for a part of a request; null with a Loss where it cannot be sent. Claude models refuse thinking without their own
 * signature; servers that are no Claude get unsigned thinking back as their dialect says.
 */
export function writeReasoning(part: ReasoningPart, path: string, context: WriteContext): JsonObject | null {
  const { to, losses } = context;
  const lose = (why: string): null => {
    losses.add({ field: `${path}.reasoning`, kind: 'dropped', why });
    return null;
  };
  if (isForeign(part) || !takesSeal(to, part.origin)) {
    loseForeign(part.extra, path, losses);
    return lose('Reasoning that another vendor sealed is not taken as thinking.');
  }
  const bag = ownBag(part.extra);
  const { text, signature, opaque } = part;
  if (signature !== undefined) return { type: 'thinking', thinking: text, signature, ...sendable(bag) };
  if (opaque !== undefined) {
    if (text !== '') return lose('Sealed reasoning has no visible text in Messages.');
    return { type: 'redacted_thinking', data: opaque, ...sendable(bag) };
  }
  return writeUnsigned(part, bag, context) ?? lose('Messages takes thinking only with its signature.');
}

function writeUnsigned({ text }: ReasoningPart, bag: JsonObject, context: WriteContext): JsonObject | null {
  const { to, rules, verbatim } = context;
  const thinking = { type: 'thinking', thinking: text, ...sendable(bag) };
  if (verbatim && bag['#signature'] === 'absent') return thinking;
  if (verbatim && bag['#signature'] === 'null') return { ...thinking, signature: null };
  if (verbatim && bag['#signature'] === 'empty') return { ...thinking, signature: '' };
  if (rules !== null || isPlainDialect(to) || text === '') return null;
  if (to.reasoning.replay === 'field') return { ...thinking, signature: '' };
  return to.reasoning.replay === 'tags' ? { type: 'text', text: `<think>${text}</think>` } : null;
}

/**
 * The signature under which an answer's reasoning goes to a client: Anthropic's own as it is, another vendor's sealed form wrapped
 * so that it comes back with the next turn; null where nothing was sealed.
 */
export function signatureOf(seal: Seal): string | null {
  const { signature, opaque, origin, extra } = seal;
  if (!isForeign(seal) && opaque === undefined) return signature ?? null;
  if (signature === undefined && opaque === undefined) return null;
  return sealReasoning({
    ...(signature === undefined ? {} : { signature }),
    ...(opaque === undefined ? {} : { opaque }),
    ...(origin === undefined ? {} : { origin }),
    ...(extra === undefined ? {} : { extra: withoutHints(extra) }),
  });
}

/** True for thinking that Anthropic itself hid: it has a block of its own. */
export function isRedacted(seal: Seal): boolean {
  return seal.opaque !== undefined && seal.signature === undefined && !isForeign(seal);
}

function withoutHints(extra: Extra): Extra {
  return Object.fromEntries(Object.entries(extra).map(([protocol, bag]) => [protocol, sendable(bag)]));
}
