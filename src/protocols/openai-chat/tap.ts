/** Looks at the chunks of a stream that passes through untouched and keeps what settlement needs. */
import type { GatewayError } from '../../core/gateway-error.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { TapMark, type Frame, type ReadContext, type StreamTap } from '../../core/protocol.ts';
import type { FinishReason, Usage } from '../../core/usage.ts';
import { choiceIndex, isDone, noAnswer, notAChunk } from './chunk.ts';
import { writeErrorFrames } from './error-frames.ts';
import { inBandError } from './in-band-error.ts';
import { readFinish } from './finish.ts';
import { DETAILS, lastSealIn } from './reasoning-details.ts';
import { readUsage, usageIn } from './usage.ts';

/** Delta fields whose words differ from chunk to chunk. */
const WORDS: readonly string[] = ['"content":', '"reasoning_content":', '"reasoning":'];
const WORDS_ONLY = TapMark.content | TapMark.wordsOnly;

/** The tap of one stream. */
export class ChatTap implements StreamTap {
  id: string | null = null;
  model: string | null = null;
  error: GatewayError | null = null;
  seal: string | null = null;
  readonly words = WORDS;
  readonly #excludesReasoning: boolean;
  #usage: JsonObject | null = null;
  #over = false;
  /** The finish word per choice; null while it runs, undefined where no such choice began. */
  readonly #words: (string | null | undefined)[] = [];
  #running = 0;
  #calls = false;

  /** @param from what is known of the upstream */
  constructor(from: ReadContext) {
    this.#excludesReasoning = from.dialect.usageExcludesReasoning;
  }

  /** The latest usage: vendors that count up send it several times. */
  get usage(): Usage | null {
    return this.#usage === null ? null : readUsage(this.#usage, this.#excludesReasoning);
  }

  get finish(): FinishReason | null {
    const word = this.#words[0];
    return typeof word === 'string' ? readFinish(word, this.#calls) : null;
  }

  get finished(): boolean {
    return this.#words.length > 0 && this.#running === 0;
  }

  abort(error: GatewayError): readonly Frame[] {
    return writeErrorFrames(error);
  }

  inspect(frame: Frame): number {
    const { data } = frame;
    if (this.#over || data === '') return TapMark.none;
    if (isDone(data)) {
      if (this.#words.length === 0) return this.#fail(noAnswer());
      this.#over = true;
      return TapMark.terminal;
    }
    let chunk: Json;
    try {
      chunk = JSON.parse(data) as Json;
    } catch {
      return this.#fail(notAChunk());
    }
    if (!isJsonObject(chunk)) return this.#fail(notAChunk());
    const error = inBandError(chunk, frame.event);
    if (error !== null) return this.#fail(error);
    const marks = this.look(chunk);
    return marks === TapMark.content ? WORDS_ONLY : marks;
  }

  #fail(error: GatewayError): number {
    this.#over = true;
    this.error = error;
    return TapMark.error;
  }

  /** One parsed chunk, or a whole answer, without an error in it; returns TapMark bits. */
  look(chunk: JsonObject): number {
    const { id, model, choices } = chunk;
    if (this.id === null && typeof id === 'string' && id !== '') this.id = id;
    if (this.model === null && typeof model === 'string' && model !== '') this.model = model;
    let marks: number = TapMark.none;
    const some = isJsonArray(choices) ? choices : [];
    for (let i = 0; i < some.length; i++) {
      const index = choiceIndex(some[i], i);
      if (index === null) return this.#fail(notAChunk());
      marks |= this.#choice(some[i] as JsonObject, index);
    }
    const usage = usageIn(chunk);
    if (usage === null) return marks;
    this.#usage = usage;
    return some.length === 0 ? TapMark.usageOnly : marks;
  }

  #choice(choice: JsonObject, index: number): number {
    if (this.#words[index] === undefined) {
      this.#words[index] = null;
      this.#running++;
    }
    const word = choice['finish_reason'];
    if (typeof word === 'string') {
      if (this.#words[index] === null) this.#running--;
      this.#words[index] = word;
    }
    const delta = choice['delta'] ?? choice['message'];
    if (!isJsonObject(delta)) return TapMark.none;
    if (isJsonArray(delta[DETAILS])) this.seal = lastSealIn(delta[DETAILS]) ?? this.seal;
    if (hasCalls(delta)) {
      if (index === 0) this.#calls = true;
      return TapMark.content;
    }
    return hasText(delta) ? TapMark.content : TapMark.none;
  }
}

function hasCalls(delta: JsonObject): boolean {
  const calls = delta['tool_calls'];
  if (calls !== undefined && isJsonArray(calls) && calls.length > 0) return true;
  const call = delta['function_call'];
  return isJsonObject(call) && (isSaid(call['name']) || isSaid(call['arguments']));
}

function hasText(delta: JsonObject): boolean {
  if (isSaid(delta['content']) || isSaid(delta['reasoning_content']) || isSaid(delta['reasoning'])) return true;
  if (isSaid(delta['refusal'])) return true;
  const audio = delta['audio'];
  return isJsonObject(audio) && (isSaid(audio['data']) || isSaid(audio['transcript']));
}

/** True for a string or a list that is not empty. */
function isSaid(value: Json | undefined): boolean {
  return (typeof value === 'string' || isJsonArray(value)) && value.length > 0;
}
