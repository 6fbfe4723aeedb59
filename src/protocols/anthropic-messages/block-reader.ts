/** Reads one content block, streamed or whole, into a part. */
import type { ChatEvent, PartEnd } from '../../core/events.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isEmpty, unknownFields } from '../../wire/codec/extra.ts';
import type { ThinkTagSplitter } from '../../wire/codec/think-tags.ts';
import { carry, PROTOCOL } from './extra.ts';

/** What a block needs from the answer it stands in. */
export interface BlockHost {
  /** Takes the number of the next part. */
  nextPart(): number;
  /** An id for the call at a part, where a server gives none. */
  inventId(part: number): string;
  /** The client's name of a tool or id that was changed. */
  original(name: string): string;
  /** Splits the text of servers that write reasoning between tags; null where text is text. */
  readonly splitter: ThinkTagSplitter | null;
  /** A tool call began. */
  called(): void;
}

/** A block under way. */
export interface BlockReader {
  delta(delta: JsonObject, out: ChatEvent[]): void;
  stop(out: ChatEvent[]): void;
}

/** The reader of a block; what it brings already at its start is read at once. */
export function openBlock(block: JsonObject, host: BlockHost, out: ChatEvent[]): BlockReader {
  switch (block['type']) {
    case 'text':
      return new TextBlock(block, host, out);
    case 'thinking':
    case 'redacted_thinking':
      return new ThinkingBlock(block, host, out);
    case 'tool_use':
      return new CallBlock(block, host, out);
    default:
      return new OpaqueBlock(block, host);
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

type Ending = Omit<PartEnd, 'type' | 'choice' | 'index'>;

/** One part after the other: grows the one of its kind, closes it for another kind. */
class Growth {
  readonly #host: BlockHost;
  #open: { readonly part: 'text' | 'reasoning'; readonly index: number } | null = null;

  constructor(host: BlockHost) {
    this.#host = host;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  start(part: 'text' | 'reasoning', out: ChatEvent[]): number {
    if (this.#open?.part === part) return this.#open.index;
    this.close({}, out);
    const index = this.#host.nextPart();
    this.#open = { part, index };
    out.push({ type: 'part-start', choice: 0, index, part });
    return index;
  }

  grow(part: 'text' | 'reasoning', delta: string, out: ChatEvent[]): void {
    if (delta === '') return;
    const index = this.start(part, out);
    out.push({ type: 'part-delta', choice: 0, index, delta });
  }

  close(ending: Ending, out: ChatEvent[]): void {
    if (this.#open === null) return;
    const { index } = this.#open;
    this.#open = null;
    out.push({ type: 'part-end', choice: 0, index, ...ending });
  }
}

const TEXT = new Set(['type', 'text', 'citations']);

class TextBlock implements BlockReader {
  readonly #growth: Growth;
  readonly #splitter: ThinkTagSplitter | null;
  readonly #bag: MutableJsonObject;
  readonly #citations: Json[];

  constructor(block: JsonObject, host: BlockHost, out: ChatEvent[]) {
    this.#growth = new Growth(host);
    this.#splitter = host.splitter;
    this.#bag = withoutNulls(unknownFields(block, TEXT));
    this.#citations = isJsonArray(block['citations']) ? [...block['citations']] : [];
    this.#text(textOf(block['text']), out);
  }

  delta(delta: JsonObject, out: ChatEvent[]): void {
    if (delta['type'] === 'text_delta') this.#text(textOf(delta['text']), out);
    else if (delta['type'] === 'citations_delta' && delta['citation'] !== undefined) {
      this.#citations.push(delta['citation']);
    }
  }

  stop(out: ChatEvent[]): void {
    for (const { reasoning, text } of this.#splitter?.end() ?? []) this.#grow(reasoning, text, out);
    if (this.#citations.length > 0) this.#bag['citations'] = this.#citations;
    if (!isEmpty(this.#bag)) this.#growth.start('text', out);
    this.#growth.close(carry(this.#bag), out);
  }

  #text(text: string, out: ChatEvent[]): void {
    if (this.#splitter === null) return this.#growth.grow('text', text, out);
    if (text === '') return;
    for (const piece of this.#splitter.push(text)) this.#grow(piece.reasoning, piece.text, out);
  }

  #grow(reasoning: boolean, text: string, out: ChatEvent[]): void {
    this.#growth.grow(reasoning ? 'reasoning' : 'text', text, out);
  }
}

const THINKING = new Set(['type', 'thinking', 'signature', 'data']);

/**
 * Thinking with its signature, also where only the signature is shown; thinking that Anthropic hid is opaque. `#sealed` says whose seal
 * it is, wherever the part travels.
 */
class ThinkingBlock implements BlockReader {
  readonly #growth: Growth;
  readonly #bag: JsonObject;
  #signature: string;
  readonly #data: string;

  constructor(block: JsonObject, host: BlockHost, out: ChatEvent[]) {
    this.#growth = new Growth(host);
    this.#bag = withoutNulls(unknownFields(block, THINKING));
    this.#signature = textOf(block['signature']);
    this.#data = textOf(block['data']);
    this.#growth.grow('reasoning', textOf(block['thinking']), out);
  }

  delta(delta: JsonObject, out: ChatEvent[]): void {
    if (delta['type'] === 'thinking_delta') this.#growth.grow('reasoning', textOf(delta['thinking']), out);
    else if (delta['type'] === 'signature_delta') this.#signature += textOf(delta['signature']);
  }

  stop(out: ChatEvent[]): void {
    const signed = this.#signature === '' ? {} : { signature: this.#signature };
    const sealed = this.#data === '' ? {} : { opaque: this.#data };
    const isSealed = this.#signature !== '' || this.#data !== '';
    if (isSealed) this.#growth.start('reasoning', out);
    const bag = isSealed ? { ...this.#bag, '#sealed': true } : this.#bag;
    this.#growth.close({ ...signed, ...sealed, ...carry(bag) }, out);
  }
}

const CALL = new Set(['type', 'id', 'name', 'input']);

/** Input comes in deltas, or whole at the start; never both: the start's `{}` is no text to put before the deltas. */
class CallBlock implements BlockReader {
  readonly #index: number;
  readonly #input: JsonObject;
  #hasDeltas = false;

  constructor(block: JsonObject, host: BlockHost, out: ChatEvent[]) {
    host.called();
    this.#index = host.nextPart();
    this.#input = isJsonObject(block['input']) ? block['input'] : {};
    out.push({
      type: 'part-start',
      choice: 0,
      index: this.#index,
      part: 'tool-call',
      id: host.original(textOf(block['id'])) || host.inventId(this.#index),
      name: host.original(textOf(block['name'])),
      ...carry(withoutNulls(unknownFields(block, CALL))),
    });
  }

  delta(delta: JsonObject, out: ChatEvent[]): void {
    const text = delta['type'] === 'input_json_delta' ? textOf(delta['partial_json']) : '';
    if (text === '') return;
    this.#hasDeltas = true;
    out.push({ type: 'part-delta', choice: 0, index: this.#index, delta: text });
  }

  stop(out: ChatEvent[]): void {
    if (!this.#hasDeltas) {
      out.push({ type: 'part-delta', choice: 0, index: this.#index, delta: JSON.stringify(this.#input) });
    }
    out.push({ type: 'part-end', choice: 0, index: this.#index });
  }
}

/** Server tools, their results and whatever comes next: gathered whole, handed on at its end as one part. */
class OpaqueBlock implements BlockReader {
  readonly #host: BlockHost;
  readonly #block: MutableJsonObject;
  #input = '';

  constructor(block: JsonObject, host: BlockHost) {
    this.#host = host;
    this.#block = unknownFields(block, NONE);
  }

  delta(delta: JsonObject): void {
    if (delta['type'] === 'input_json_delta') {
      this.#input += textOf(delta['partial_json']);
      return;
    }
    for (const key in delta) {
      if (key === 'type' || key === '__proto__') continue;
      const before = this.#block[key];
      const more = delta[key];
      this.#block[key] = typeof before === 'string' && typeof more === 'string' ? before + more : more;
    }
  }

  stop(out: ChatEvent[]): void {
    const input = this.#input === '' ? undefined : parse(this.#input);
    if (input !== undefined) this.#block['input'] = input;
    const at = { choice: 0, index: this.#host.nextPart() };
    out.push({ type: 'opaque', protocol: PROTOCOL, value: this.#block, at });
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Broken JSON stays the text it is. */
function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Fields that say nothing are not carried: a stream leaves out what a whole answer says as null. */
export function withoutNulls(bag: MutableJsonObject): MutableJsonObject {
  for (const key in bag) if (bag[key] === null) delete bag[key];
  return bag;
}
