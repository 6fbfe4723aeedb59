/** Writes events as the chunks of a chat stream. */
import type { ChatRequest, ReasoningPart } from '../../core/chat.ts';
import type { ChatEvent, PartStart, ResponseStart } from '../../core/events.ts';
import { mergeExtra } from '../../core/fold.ts';
import type { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Frame } from '../../core/protocol.ts';
import type { Usage } from '../../core/usage.ts';
import { DONE } from './chunk.ts';
import { writeErrorFrames } from './error-frames.ts';
import { isEmpty, sendable } from '../../wire/codec/extra.ts';
import { loseOpaque, StreamWriter } from '../../wire/codec/stream-writer.ts';
import { loseForeign, ownBag, PROTOCOL, splitBag } from './extra.ts';
import { writeFinish } from './finish.ts';
import { answerDetails, DETAILS } from './reasoning-details.ts';
import { writeUsage } from './usage.ts';

interface WrittenPart {
  readonly start: PartStart;
  /** What was reasoned so far. */
  thought: string;
  /** Position among the calls of its choice; -1 for anything else. */
  readonly call: number;
}

interface WrittenChoice {
  readonly parts: WrittenPart[];
  calls: number;
}

const TRANSCRIPT = new Set(['transcript']);

/** Writes one stream: role first, deltas, finish per choice, usage when the client asked for it, `[DONE]` once. */
export class ChatEventWriter extends StreamWriter {
  readonly #asksUsage: boolean;
  readonly #losses: LossLog;
  readonly #choices: WrittenChoice[] = [];
  /** The fields every chunk begins with, as JSON text without the closing brace. */
  #head = '{"object":"chat.completion.chunk"';
  #usage: Usage | null = null;
  /** Top-level fields that came late and go into the next chunk. */
  #late: JsonObject = {};

  /** @param request the client's own: says whether it asked for the usage chunk */
  constructor(request: ChatRequest, losses: LossLog) {
    super();
    this.#asksUsage = request.streamUsage === true;
    this.#losses = losses;
  }

  protected say(event: Exclude<ChatEvent, { type: 'error' }>, out: Frame[]): void {
    switch (event.type) {
      case 'response-start':
        return this.#start(event);
      case 'part-start':
        return this.#partStart(event, out);
      case 'part-delta':
        return this.#partDelta(event, out);
      case 'part-end':
        return this.#partEnd(event, out);
      case 'logprobs-delta':
        this.#choice(event.choice, out);
        return this.#chunk(event.choice, '{}', out, `,"logprobs":${JSON.stringify(event.logprobs)}`);
      case 'choice-end':
        return this.#choiceEnd(event, out);
      case 'usage':
        this.#usage = event.usage;
        return;
      case 'opaque':
        return this.#opaque(event);
      case 'response-end':
        return this.#finish(out);
    }
  }

  protected lastWords(error: GatewayError): readonly Frame[] {
    return writeErrorFrames(error);
  }

  #start(event: ResponseStart): void {
    loseForeign(event.extra, '', this.#losses);
    const head: MutableJsonObject = {
      id: event.id,
      object: 'chat.completion.chunk',
      created: Math.floor((event.createdAtMs ?? 0) / 1000),
      model: event.model,
      ...(event.serviceTier === undefined ? {} : { service_tier: event.serviceTier }),
      ...sendable(ownBag(event.extra)),
    };
    this.#head = JSON.stringify(head).slice(0, -1);
  }

  #opaque(event: Extract<ChatEvent, { type: 'opaque' }>): void {
    if (event.protocol !== PROTOCOL) return loseOpaque(event, `choices[${event.at?.choice ?? 0}]`, this.#losses);
    if (isJsonObject(event.value)) this.#late = { ...this.#late, ...sendable(event.value) };
  }

  #partStart(event: PartStart, out: Frame[]): void {
    loseForeign(event.extra, `choices[${event.choice}]`, this.#losses);
    const choice = this.#choice(event.choice, out);
    const call = event.part === 'tool-call' && !isLegacy(event) ? choice.calls++ : -1;
    choice.parts[event.index] = { start: event, call, thought: '' };
    if (event.part !== 'tool-call') return;
    if (isLegacy(event))
      return this.#delta(event.choice, { function_call: { name: event.name ?? '', arguments: '' } }, out);
    const bag = sendable(ownBag(event.extra));
    const body =
      event.kind === 'custom' ? { name: event.name ?? '', input: '' } : { name: event.name ?? '', arguments: '' };
    const kind = event.kind ?? 'function';
    const inner = isJsonObject(bag[kind]) ? bag[kind] : {};
    const entry: JsonObject = { index: call, id: event.id ?? '', type: kind, ...bag, [kind]: { ...inner, ...body } };
    this.#delta(event.choice, { tool_calls: [entry] }, out);
  }

  #partDelta(event: Extract<ChatEvent, { type: 'part-delta' }>, out: Frame[]): void {
    const part = this.#choices[event.choice]?.parts[event.index];
    if (part === undefined) return;
    const text = JSON.stringify(event.delta);
    switch (part.start.part) {
      case 'text':
        return this.#chunk(event.choice, `{"content":${text}}`, out);
      case 'reasoning':
        part.thought += event.delta;
        return this.#chunk(event.choice, `{"reasoning_content":${text},"reasoning":${text}}`, out);
      case 'refusal':
        return this.#chunk(event.choice, `{"refusal":${text}}`, out);
      case 'audio': {
        const beside = ownBag(event.extra)['audio'];
        const data = event.delta === '' ? {} : { data: event.delta };
        return this.#delta(event.choice, { audio: { ...(isJsonObject(beside) ? beside : {}), ...data } }, out);
      }
      case 'tool-call':
        if (part.call < 0) return this.#chunk(event.choice, `{"function_call":{"arguments":${text}}}`, out);
        return this.#chunk(
          event.choice,
          part.start.kind === 'custom'
            ? `{"tool_calls":[{"index":${part.call},"custom":{"input":${text}}}]}`
            : `{"tool_calls":[{"index":${part.call},"function":{"arguments":${text}}}]}`,
          out,
        );
    }
  }

  #partEnd(event: Extract<ChatEvent, { type: 'part-end' }>, out: Frame[]): void {
    const part = this.#choices[event.choice]?.parts[event.index];
    if (part?.start.part === 'reasoning') return this.#reasoningEnd(event, part, out);
    loseForeign(event.extra, `choices[${event.choice}]`, this.#losses);
    const bag = sendable(ownBag(event.extra));
    if (part === undefined || isEmpty(bag)) return;
    if (part.start.part === 'tool-call') this.#delta(event.choice, { tool_calls: [{ index: part.call, ...bag }] }, out);
    const sound = bag['audio'];
    if (part.start.part === 'audio' && isJsonObject(sound) && 'expires_at' in sound) {
      this.#delta(event.choice, { audio: sendable(sound, TRANSCRIPT) }, out);
    }
  }

  /** What seals the reasoning follows its words; the words stand in the seal, as no chunk shows both. */
  #reasoningEnd(event: Extract<ChatEvent, { type: 'part-end' }>, { start, thought }: WrittenPart, out: Frame[]): void {
    const { type: _type, choice, index, extra, ...sealed } = event;
    const bags = extra === undefined ? start.extra : mergeExtra(start.extra, extra);
    const part: ReasoningPart = { type: 'reasoning', text: thought, ...sealed, ...(bags && { extra: bags }) };
    const details = answerDetails(part, index, false);
    if (details.length > 0) this.#delta(choice, { [DETAILS]: details }, out);
    else loseForeign(extra, `choices[${choice}]`, this.#losses);
  }

  #choiceEnd(event: Extract<ChatEvent, { type: 'choice-end' }>, out: Frame[]): void {
    loseForeign(event.extra, `choices[${event.choice}]`, this.#losses);
    this.#choice(event.choice, out);
    const { message, choice } = splitBag(ownBag(event.extra));
    const fields = JSON.stringify(choice).slice(1, -1);
    this.#chunk(
      event.choice,
      JSON.stringify(message),
      out,
      fields === '' ? '' : `,${fields}`,
      writeFinish(event.finish),
    );
  }

  #finish(out: Frame[]): void {
    this.close();
    if (this.#asksUsage && this.#usage !== null) {
      const text = `${this.#opening()},"choices":[],"usage":${JSON.stringify(writeUsage(this.#usage))}}`;
      out.push({ event: null, data: text });
    }
    out.push({ event: null, data: DONE });
  }

  /** The choice; its role chunk goes out first. */
  #choice(index: number, out: Frame[]): WrittenChoice {
    const known = this.#choices[index];
    if (known !== undefined) return known;
    const choice: WrittenChoice = { parts: [], calls: 0 };
    this.#choices[index] = choice;
    this.#chunk(index, '{"role":"assistant","content":""}', out);
    return choice;
  }

  #delta(choice: number, delta: { readonly [key: string]: Json }, out: Frame[]): void {
    this.#chunk(choice, JSON.stringify(delta), out);
  }

  #chunk(choice: number, delta: string, out: Frame[], more = '', finish: string | null = null): void {
    const usage = this.#asksUsage ? ',"usage":null' : '';
    const body = `{"index":${choice},"delta":${delta}${more},"finish_reason":${JSON.stringify(finish)}}`;
    out.push({ event: null, data: `${this.#opening()},"choices":[${body}]${usage}}` });
  }

  #opening(): string {
    if (isEmpty(this.#late)) return this.#head;
    const late = JSON.stringify(this.#late).slice(1, -1);
    this.#late = {};
    return `${this.#head},${late}`;
  }
}

function isLegacy(event: PartStart): boolean {
  return ownBag(event.extra)['#legacy'] === true;
}
