/** Reads the deltas of one choice into parts: text-like parts one after the other, tool calls side by side. */
import type { ChatEvent, StreamedPart } from '../../core/events.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { ReadContext } from '../../core/protocol.ts';
import { isEmpty } from '../../wire/codec/extra.ts';
import { carry, messageBag } from './extra.ts';
import { readFinish } from './finish.ts';
import { carryDetails, DETAILS, gatherDetails, lastSealIn } from './reasoning-details.ts';
import { ThinkTagSplitter } from '../../wire/codec/think-tags.ts';
import { ToolCallReader } from './tool-call-reader.ts';

const KNOWN_CHOICE = new Set(['index', 'delta', 'message', 'finish_reason', 'logprobs']);
const KNOWN_DELTA = new Set([
  'role',
  'content',
  'refusal',
  'audio',
  'tool_calls',
  'function_call',
  'reasoning_content',
  'reasoning',
  DETAILS,
]);

/** One choice under way; the same code reads the message of a whole answer, given as one delta. */
export class ChoiceReader {
  readonly #choice: number;
  readonly #reasoningFields: readonly string[];
  readonly #splitter: ThinkTagSplitter | null;
  readonly #calls: ToolCallReader;
  /** The text-like part that is open now. */
  #open: { readonly part: StreamedPart; readonly index: number } | null = null;
  #parts = 0;
  #finishWord: string | null = null;
  readonly #extra: MutableJsonObject = {};
  readonly #message: MutableJsonObject = {};
  #audio: MutableJsonObject = {};
  /** Details of the reasoning that is open, or of the next. */
  #details: Json[] = [];

  /** @param responseId goes into the ids of calls that have none */
  constructor(choice: number, responseId: string, from: ReadContext) {
    const { field, output } = from.dialect.reasoning;
    this.#choice = choice;
    this.#reasoningFields = field === null ? REASONING : [field, ...REASONING.filter((name) => name !== field)];
    this.#splitter = output === 'tags' || output === 'primed' ? new ThinkTagSplitter(output === 'primed') : null;
    this.#calls = new ToolCallReader(choice, responseId, from.names, () => this.#parts++);
  }

  /** One element of `choices`. */
  read(choice: JsonObject, out: ChatEvent[]): void {
    const delta = choice['delta'] ?? choice['message'];
    if (isJsonObject(delta)) this.#delta(delta, out);
    if (isJsonObject(choice['logprobs'])) {
      out.push({ type: 'logprobs-delta', choice: this.#choice, logprobs: choice['logprobs'] });
    }
    if (typeof choice['finish_reason'] === 'string') this.#finishWord = choice['finish_reason'];
    for (const key in choice) if (!KNOWN_CHOICE.has(key)) gather(this.#extra, key, choice[key]);
  }

  /** The stream is complete: closes what is open. */
  end(out: ChatEvent[]): void {
    if (this.#splitter !== null) this.#pieces(this.#splitter.end(), out);
    this.#close(out);
    this.#calls.end(out);
    this.#lateDetails(out);
    const bag = isEmpty(this.#message) ? this.#extra : { ...this.#extra, ...messageBag(this.#message) };
    const finish = readFinish(this.#finishWord, this.#calls.some);
    out.push({ type: 'choice-end', choice: this.#choice, finish, ...carry(bag) });
  }

  #delta(delta: JsonObject, out: ChatEvent[]): void {
    if (isJsonArray(delta[DETAILS])) gatherDetails(this.#details, delta[DETAILS]);
    this.#reasoning(delta, out);
    const { content, refusal, audio, tool_calls: calls, function_call: call } = delta;
    if (typeof content === 'string') this.#text(content, out);
    else if (isJsonArray(content)) for (const piece of content) this.#contentPart(piece, out);
    if (typeof refusal === 'string') this.#grow('refusal', refusal, out);
    if (isJsonObject(audio)) this.#sound(audio, out);
    if (isJsonArray(calls) && calls.length > 0) {
      this.#close(out);
      for (const entry of calls) if (isJsonObject(entry)) this.#calls.read(entry, out);
    }
    if (isJsonObject(call) && (isText(call['name']) || isText(call['arguments']))) {
      this.#close(out);
      this.#calls.readLegacy(call, out);
    }
    for (const key in delta) if (!KNOWN_DELTA.has(key)) gather(this.#message, key, delta[key]);
  }

  /** Vendors that send both spellings send the same text twice: the dialect's field goes first, one is taken. */
  #reasoning(delta: JsonObject, out: ChatEvent[]): void {
    for (const name of this.#reasoningFields) {
      const value = delta[name];
      if (isText(value)) return this.#grow('reasoning', value, out);
    }
  }

  #text(text: string, out: ChatEvent[]): void {
    if (this.#splitter === null) this.#grow('text', text, out);
    else if (text !== '') this.#pieces(this.#splitter.push(text), out);
  }

  #pieces(pieces: readonly { readonly reasoning: boolean; readonly text: string }[], out: ChatEvent[]): void {
    for (const { reasoning, text } of pieces) this.#grow(reasoning ? 'reasoning' : 'text', text, out);
  }

  /** Mistral's content may be a list of text and thinking chunks; what is neither is kept for this protocol. */
  #contentPart(piece: Json, out: ChatEvent[]): void {
    if (typeof piece === 'string') return this.#text(piece, out);
    if (!isJsonObject(piece)) return;
    const { type, text, thinking, refusal } = piece;
    if (type === 'thinking') this.#grow('reasoning', textOf(thinking), out);
    else if (type === 'refusal' && typeof refusal === 'string') this.#grow('refusal', refusal, out);
    else if ((type === 'text' || type === undefined) && typeof text === 'string') this.#text(text, out);
    else gather(this.#message, 'content', [piece]);
  }

  /** Transcript, id and expiry come beside the sound: each goes on where it stands, and whole at the end. */
  #sound(audio: JsonObject, out: ChatEvent[]): void {
    const { data, transcript } = audio;
    const beside: MutableJsonObject = {};
    for (const key in audio) if (key !== 'data' && isSaid(audio[key])) beside[key] = audio[key];
    if (!isText(data) && !isText(transcript) && this.#open?.part !== 'audio') return;
    const index = this.#start('audio', out);
    const bag = isEmpty(beside) ? {} : { audio: beside };
    out.push({ type: 'part-delta', choice: this.#choice, index, delta: isText(data) ? data : '', ...carry(bag) });
    const before = this.#audio['transcript'];
    this.#audio = { ...this.#audio, ...beside };
    if (isText(before)) this.#audio['transcript'] = before + (isText(transcript) ? transcript : '');
  }

  #grow(part: StreamedPart, text: string, out: ChatEvent[]): void {
    if (text === '') return;
    const index = this.#start(part, out);
    out.push({ type: 'part-delta', choice: this.#choice, index, delta: text });
  }

  #start(part: StreamedPart, out: ChatEvent[]): number {
    if (this.#open?.part === part) return this.#open.index;
    this.#close(out);
    const index = this.#parts++;
    this.#open = { part, index };
    out.push({ type: 'part-start', choice: this.#choice, index, part });
    return index;
  }

  #close(out: ChatEvent[]): void {
    if (this.#open === null) return;
    const { index, part } = this.#open;
    this.#open = null;
    const bag = part === 'audio' && !isEmpty(this.#audio) ? { audio: this.#audio } : {};
    if (part === 'audio') this.#audio = {};
    if (part === 'reasoning' && this.#details.length > 0) return this.#endReasoning(index, out);
    out.push({ type: 'part-end', choice: this.#choice, index, ...carry(bag) });
  }

  #endReasoning(index: number, out: ChatEvent[]): void {
    const { bag, ...sealed } = carryDetails(this.#details);
    this.#details = [];
    out.push({ type: 'part-end', choice: this.#choice, index, ...sealed, ...carry(bag) });
  }

  /** Details that follow the words: sealed reasoning of which nothing is shown is a part of its own. */
  #lateDetails(out: ChatEvent[]): void {
    if (this.#details.length === 0) return;
    if (lastSealIn(this.#details) === null) return gather(this.#message, DETAILS, this.#details);
    this.#endReasoning(this.#start('reasoning', out), out);
    this.#open = null;
  }
}

const REASONING: readonly string[] = ['reasoning_content', 'reasoning'];

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function isSaid(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** The text of Mistral's `thinking: [{type: "text", text}]`, which some servers shorten to a string. */
function textOf(thinking: Json | undefined): string {
  if (typeof thinking === 'string') return thinking;
  if (!isJsonArray(thinking)) return '';
  return thinking
    .map((piece) => (isJsonObject(piece) && typeof piece['text'] === 'string' ? piece['text'] : ''))
    .join('');
}

/**
 * Lists of several chunks are joined (reasoning_details, annotations), of anything else the last word holds. Lists in the bag are
 * always copies of ours: long streams push thousands of pieces.
 */
function gather(bag: MutableJsonObject, key: string, value: Json | undefined): void {
  if (value === undefined || key === '__proto__' || key.startsWith('#')) return;
  const before = bag[key];
  if (isJsonArray(value)) {
    if (isJsonArray(before)) (before as Json[]).push(...value);
    else bag[key] = [...value];
  } else if (value !== null || before === undefined) bag[key] = value;
}
