/** Folds the events of a stream into the whole answer: the law that ties both halves of a codec together. */
import type { ChatResponse, Choice, Extra, OpaquePart, Part } from './chat.ts';
import type { ChatEvent, PartStart } from './events.ts';
import type { GatewayError } from './gateway-error.ts';
import type { Json } from './json.ts';
import type { FinishReason, Usage } from './usage.ts';

interface OpenPart {
  readonly start: PartStart | OpaquePart;
  text: string;
  signature?: string;
  opaque?: string;
  origin?: string;
  extra?: Extra;
}

interface OpenChoice {
  readonly parts: OpenPart[];
  finish: FinishReason | null;
  logprobs: Json[];
  extra?: Extra;
}

/** A folded stream: the answer so far, whether it was complete, and the error that ended it. */
export interface Folded {
  readonly response: ChatResponse;
  readonly complete: boolean;
  readonly error: GatewayError | null;
}

/** Folds events into an answer. Opaque events that are no part of a choice are left out: they belong to one protocol's stream only. */
export function foldEvents(events: Iterable<ChatEvent>): Folded {
  const choices = new Map<number, OpenChoice>();
  let head: Extract<ChatEvent, { type: 'response-start' }> | null = null;
  let usage: Usage | null = null;
  let complete = false;
  let error: GatewayError | null = null;
  for (const event of events) {
    if (event.type === 'response-start') head = event;
    else if (event.type === 'usage') usage = event.usage;
    else if (event.type === 'response-end') complete = true;
    else if (event.type === 'error') error = event.error;
    else if (event.type !== 'opaque') applyToChoice(openChoice(choices, event.choice), event);
    else if (event.at !== undefined) {
      const { protocol, value } = event;
      openChoice(choices, event.at.choice).parts[event.at.index] = {
        start: { type: 'opaque', protocol, value },
        text: '',
      };
    }
  }
  const response: ChatResponse = {
    id: head?.id ?? '',
    model: head?.model ?? '',
    createdAtMs: head?.createdAtMs ?? null,
    choices: [...choices].sort(([a], [b]) => a - b).map(([index, choice]) => closeChoice(index, choice)),
    usage,
    ...(head?.serviceTier === undefined ? {} : { serviceTier: head.serviceTier }),
    ...(head?.extra === undefined ? {} : { extra: head.extra }),
  };
  return { response, complete, error };
}

type ChoiceEvent = Extract<ChatEvent, { choice: number }>;

function openChoice(choices: Map<number, OpenChoice>, index: number): OpenChoice {
  let choice = choices.get(index);
  if (choice === undefined) {
    choice = { parts: [], finish: null, logprobs: [] };
    choices.set(index, choice);
  }
  return choice;
}

function applyToChoice(choice: OpenChoice, event: ChoiceEvent): void {
  if (event.type === 'part-start') {
    choice.parts[event.index] = { start: event, text: '', ...(event.extra ? { extra: event.extra } : {}) };
  } else if (event.type === 'part-delta') {
    const part = choice.parts[event.index];
    if (part !== undefined) part.text += event.delta;
  } else if (event.type === 'part-end') {
    const part = choice.parts[event.index];
    if (part === undefined) return;
    if (event.signature !== undefined) part.signature = event.signature;
    if (event.opaque !== undefined) part.opaque = event.opaque;
    if (event.origin !== undefined) part.origin = event.origin;
    if (event.extra !== undefined) part.extra = mergeExtra(part.extra, event.extra);
  } else if (event.type === 'logprobs-delta') {
    choice.logprobs.push(event.logprobs);
  } else {
    choice.finish = event.finish;
    if (event.extra !== undefined) choice.extra = mergeExtra(choice.extra, event.extra);
  }
}

/** The bags of both, protocol by protocol; where both have a key the later one holds. */
export function mergeExtra(before: Extra | undefined, more: Extra): Extra {
  const merged: Record<string, unknown> = { ...before };
  for (const [protocol, bag] of Object.entries(more)) merged[protocol] = { ...(merged[protocol] as object), ...bag };
  return merged as Extra;
}

function closeChoice(index: number, choice: OpenChoice): Choice {
  return {
    index,
    parts: choice.parts.filter((part) => part !== undefined).map(closePart),
    finish: choice.finish ?? { unified: 'other', raw: null },
    ...(choice.logprobs.length === 0 ? {} : { logprobs: joinLogprobs(choice.logprobs) }),
    ...(choice.extra === undefined ? {} : { extra: choice.extra }),
  };
}

function closePart(part: OpenPart): Part {
  const extra = part.extra === undefined ? {} : { extra: part.extra };
  const { start, text } = part;
  if (start.type === 'opaque') return start;
  if (start.part === 'text') return { type: 'text', text, ...extra };
  if (start.part === 'refusal') return { type: 'text', text, refusal: true, ...extra };
  if (start.part === 'audio')
    return { type: 'media', mediaType: 'audio/*', source: { kind: 'base64', data: text }, ...extra };
  if (start.part === 'tool-call') {
    const kind = start.kind === undefined ? {} : { kind: start.kind };
    return { type: 'tool-call', id: start.id ?? '', name: start.name ?? '', arguments: text, ...kind, ...extra };
  }
  return {
    type: 'reasoning',
    text,
    ...(part.signature === undefined ? {} : { signature: part.signature }),
    ...(part.opaque === undefined ? {} : { opaque: part.opaque }),
    ...(part.origin === undefined ? {} : { origin: part.origin }),
    ...extra,
  };
}

/** Joins `{content: [...], refusal: [...]}` pieces list by list. */
function joinLogprobs(pieces: readonly Json[]): Json {
  const joined: Record<string, Json[] | null> = {};
  for (const piece of pieces) {
    if (typeof piece !== 'object' || piece === null || Array.isArray(piece)) continue;
    for (const [key, list] of Object.entries(piece)) {
      if (Array.isArray(list)) joined[key] = [...(joined[key] ?? []), ...list];
      else joined[key] ??= null;
    }
  }
  return joined as Json;
}
