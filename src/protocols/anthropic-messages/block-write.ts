/** The blocks of an answer, whole and at the start of a stream's block. */
import type { Part, ReasoningPart, TextPart } from '../../core/chat.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { loseBlock, sendable } from '../../wire/codec/extra.ts';
import { loseForeign, ownBag, PROTOCOL } from './extra.ts';
import { isRedacted, signatureOf } from './reasoning-write.ts';
import { writeToolUse } from './tool-use.ts';

/** The block of a part; null where there is nothing to say, or no place for it, which is a Loss. */
export function writeAnswerBlock(part: Part, path: string, losses: LossLog): JsonObject | null {
  if (part.type !== 'opaque' && part.type !== 'reasoning') loseForeign(part.extra, path, losses);
  switch (part.type) {
    case 'text':
      return writeText(part);
    case 'reasoning':
      return writeThinking(part);
    case 'tool-call':
      return writeToolUse(part, part.id, part.name, path, losses);
    case 'opaque':
      if (part.protocol === PROTOCOL && isJsonObject(part.value)) return part.value;
      loseBlock(part.protocol, path, losses);
      return null;
    case 'media':
      if (part.mediaType.startsWith('audio/')) loseSound(losses);
      else losses.add({ field: path, kind: 'dropped', why: 'An answer in Messages has no place for media.' });
      return null;
    case 'tool-result':
      losses.add({ field: path, kind: 'dropped', why: 'An answer in Messages has no place for the result of a tool.' });
      return null;
  }
}

/** Empty text is left out: sent back with the next turn it would be refused. */
function writeText(part: TextPart): JsonObject | null {
  const bag = sendable(ownBag(part.extra));
  return part.text === '' && Object.keys(bag).length === 0 ? null : { type: 'text', text: part.text, ...bag };
}

function writeThinking(part: ReasoningPart): JsonObject | null {
  const bag = sendable(ownBag(part.extra));
  if (part.text === '' && isRedacted(part)) return { type: 'redacted_thinking', data: part.opaque ?? '', ...bag };
  const signature = signatureOf(part);
  if (part.text === '' && signature === null) return null;
  return { type: 'thinking', thinking: part.text, signature: signature ?? '', ...bag };
}

/** Records the sound of an answer, which this language has no place for. */
export function loseSound(losses: LossLog): void {
  losses.add({ field: 'audio', kind: 'dropped', why: 'An answer in Messages has no place for sound.' });
}
