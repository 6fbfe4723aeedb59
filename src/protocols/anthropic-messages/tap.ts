/** Looks at the events of a stream that passes through untouched and keeps what settlement needs. */
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { TapMark, type Frame, type StreamTap } from '../../core/protocol.ts';
import type { FinishReason, Usage } from '../../core/usage.ts';
import { writeErrorFrames } from './error-write.ts';
import { readFinish } from './finish.ts';
import { STOP, StreamGrammar } from './grammar.ts';
import { mergeUsage, readUsage } from './usage.ts';

/** Delta fields whose words differ from event to event. */
const WORDS: readonly string[] = ['"text":', '"thinking":', '"partial_json":'];

/** The tap of one stream. */
export class MessagesTap implements StreamTap {
  id: string | null = null;
  model: string | null = null;
  error: GatewayError | null = null;
  finished = false;
  seal: string | null = null;
  readonly words = WORDS;
  readonly #grammar = new StreamGrammar();
  #over = false;
  #usage: JsonObject | null = null;
  #word: string | null = null;
  #calls = false;

  get usage(): Usage | null {
    return this.#usage === null ? null : readUsage(this.#usage);
  }

  get finish(): FinishReason | null {
    return this.#word === null ? null : readFinish(this.#word, this.#calls);
  }

  abort(error: GatewayError, requestId?: string): readonly Frame[] {
    return writeErrorFrames(error, requestId);
  }

  inspect(frame: Frame): number {
    if (this.#over) return TapMark.none;
    const event = this.#grammar.read(frame);
    if (event === null) return TapMark.none;
    if (event instanceof GatewayError) {
      this.#over = true;
      this.error = event;
      return TapMark.error;
    }
    return this.#look(event.type, event.data);
  }

  #look(type: string, data: JsonObject): number {
    switch (type) {
      case 'message_start':
        return this.#start(data['message']);
      case 'content_block_start':
        return this.#block(data['content_block']);
      case 'content_block_delta':
        this.#sealed(data['delta']);
        return isSaid(data['delta']) ? TapMark.content | TapMark.wordsOnly : TapMark.none;
      case 'message_delta':
        this.#count(data['usage']);
        if (isJsonObject(data['delta']) && typeof data['delta']['stop_reason'] === 'string') {
          this.#word = data['delta']['stop_reason'];
        }
        return TapMark.none;
      case STOP:
        this.#over = true;
        this.finished = true;
        return TapMark.terminal;
      default:
        return TapMark.none;
    }
  }

  #start(message: Json | undefined): number {
    if (!isJsonObject(message)) return TapMark.none;
    const { id, model, usage } = message;
    if (typeof id === 'string' && id !== '') this.id = id;
    if (typeof model === 'string' && model !== '') this.model = model;
    this.#count(usage);
    return TapMark.none;
  }

  /** A signature comes whole in one delta; where it comes in several, the next turn's is not recognised. */
  #sealed(delta: Json | undefined): void {
    if (isJsonObject(delta) && delta['type'] === 'signature_delta') this.seal = sealOf(delta) ?? this.seal;
  }

  #count(usage: Json | undefined): void {
    if (isJsonObject(usage)) this.#usage = mergeUsage(this.#usage, usage);
  }

  /** An empty text or thinking block is prologue; a call, a hosted tool or a block that brings its words is content. */
  #block(block: Json | undefined): number {
    if (!isJsonObject(block)) return TapMark.none;
    if (block['type'] === 'tool_use') this.#calls = true;
    else this.seal = sealOf(block) ?? this.seal;
    if (block['type'] !== 'text' && block['type'] !== 'thinking') return TapMark.content;
    return isSaid({ text: block['text'], thinking: block['thinking'] }) ? TapMark.content : TapMark.none;
  }
}

/** The signature or the hidden form that a block or a delta brings; null = none. */
export function sealOf({ type, signature, data }: JsonObject): string | null {
  const seal = type === 'redacted_thinking' ? data : signature;
  return typeof seal === 'string' && seal !== '' ? seal : null;
}

/** True when a delta brings words. */
function isSaid(delta: Json | undefined): boolean {
  if (!isJsonObject(delta)) return false;
  const { text, thinking, partial_json: json } = delta;
  return [text, thinking, json].some((words) => typeof words === 'string' && words !== '');
}
