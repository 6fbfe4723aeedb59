/** Reads the tool calls of one choice, whatever a vendor does with their indices and ids. */
import type { ChatEvent } from '../../core/events.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { NameMap } from '../../core/protocol.ts';
import { isEmpty, unknownFields } from '../../wire/codec/extra.ts';
import { carry } from './extra.ts';

interface OpenCall {
  /** The vendor's `index`; null where it sends none. */
  readonly slot: number | null;
  readonly custom: boolean;
  readonly legacy: boolean;
  id: string;
  name: string;
  /** Number of its part; -1 until its name is known. */
  part: number;
  /** Arguments that came before the name. */
  early: string;
  hasArguments: boolean;
  extra: MutableJsonObject;
}

const KNOWN = new Set(['index', 'id', 'type', 'function', 'custom']);
const KNOWN_FUNCTION = new Set(['name', 'arguments']);

/** The calls of one choice under way. */
export class ToolCallReader {
  readonly #choice: number;
  readonly #responseId: string;
  readonly #names: NameMap;
  readonly #nextPart: () => number;
  readonly #calls: OpenCall[] = [];

  /** @param nextPart gives the number of the next part of this choice */
  constructor(choice: number, responseId: string, names: NameMap, nextPart: () => number) {
    this.#choice = choice;
    this.#responseId = responseId;
    this.#names = names;
    this.#nextPart = nextPart;
  }

  /** True once a call began. */
  get some(): boolean {
    return this.#calls.length > 0;
  }

  /** One element of `tool_calls`. */
  read(entry: JsonObject, out: ChatEvent[]): void {
    const isCustom = entry['type'] === 'custom' || (entry['function'] === undefined && isJsonObject(entry['custom']));
    const body = isJsonObject(entry[isCustom ? 'custom' : 'function'])
      ? (entry[isCustom ? 'custom' : 'function'] as JsonObject)
      : {};
    const id = textOr(entry['id']);
    const name = textOr(body['name']);
    const slot = typeof entry['index'] === 'number' ? entry['index'] : null;
    const call = this.#find(slot, id, name) ?? this.#add(slot, isCustom, false);
    if (call.id === '') call.id = id;
    const unknown = unknownFields(entry, KNOWN);
    const inner = unknownFields(body, isCustom ? new Set(['name', 'input']) : KNOWN_FUNCTION);
    if (!isEmpty(inner)) unknown[isCustom ? 'custom' : 'function'] = inner;
    Object.assign(call.extra, unknown);
    this.#grow(call, name, argumentsOf(body[isCustom ? 'input' : 'arguments']), out);
  }

  /** A delta of the deprecated `function_call`. */
  readLegacy(body: JsonObject, out: ChatEvent[]): void {
    const call = this.#calls.find(({ legacy }) => legacy) ?? this.#add(null, false, true);
    this.#grow(call, textOr(body['name']), argumentsOf(body['arguments']), out);
  }

  /** Closes all calls. One without arguments has the arguments `{}`. */
  end(out: ChatEvent[]): void {
    for (const call of this.#calls) {
      if (call.part < 0) this.#start(call, out);
      if (!call.hasArguments && !call.custom) this.#delta(call, '{}', out);
      out.push({ type: 'part-end', choice: this.#choice, index: call.part, ...carry(call.extra) });
    }
  }

  /**
   * The call that a delta goes on with. A new id together with a name begins a new call even at the same index (gateways that
   * give every parallel call index 0), and so does a name after arguments where there are no ids.
   */
  #find(slot: number | null, id: string, name: string): OpenCall | undefined {
    const known = id === '' ? undefined : this.#calls.findLast((call) => call.id === id);
    if (known !== undefined && (slot === null || known.slot === slot)) return known;
    if (slot === null && name !== '') return undefined;
    const call = slot === null ? this.#calls.at(-1) : this.#calls.findLast((one) => one.slot === slot);
    if (call === undefined || name === '') return call;
    const isOther = id === '' ? call.hasArguments : call.id !== '' && call.id !== id;
    return isOther ? undefined : call;
  }

  #add(slot: number | null, custom: boolean, legacy: boolean): OpenCall {
    const call = { slot, custom, legacy, id: '', name: '', part: -1, early: '', hasArguments: false, extra: {} };
    this.#calls.push(call);
    return call;
  }

  #grow(call: OpenCall, name: string, more: string, out: ChatEvent[]): void {
    if (call.name === '') call.name = name;
    if (call.part < 0 && call.name !== '') this.#start(call, out);
    if (more === '') return;
    call.hasArguments = true;
    if (call.part < 0) call.early += more;
    else this.#delta(call, more, out);
  }

  #start(call: OpenCall, out: ChatEvent[]): void {
    call.part = this.#nextPart();
    if (call.id === '') call.id = this.#inventId(call);
    const { part: index, extra } = call;
    call.extra = {};
    out.push({
      type: 'part-start',
      choice: this.#choice,
      index,
      part: 'tool-call',
      id: this.#names.get(call.id) ?? call.id,
      name: this.#names.get(call.name) ?? call.name,
      ...(call.custom ? { kind: 'custom' } : {}),
      ...carry(call.legacy ? { ...extra, '#legacy': true } : extra),
    });
    if (call.early !== '') this.#delta(call, call.early, out);
  }

  #delta(call: OpenCall, delta: string, out: ChatEvent[]): void {
    out.push({ type: 'part-delta', choice: this.#choice, index: call.part, delta });
  }

  /** The same id for the same call of the same answer, streamed or whole, and another one in the next answer. */
  #inventId(call: OpenCall): string {
    const answer = this.#responseId.replace(/[^A-Za-z0-9]/g, '').slice(-16);
    return `call_${answer}_${this.#choice}_${this.#calls.indexOf(call)}`;
  }
}

function textOr(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Arguments are JSON text; servers that send the object itself are put right. */
function argumentsOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return isJsonObject(value) ? JSON.stringify(value) : '';
}
