/** One wire language, both halves: what a client says to us and what we say to an upstream, without I/O. */
import type { ChatRequest, ChatResponse, ProtocolId, ReasoningEffort } from './chat.ts';
import type { ChatEvent } from './events.ts';
import type { GatewayError } from './gateway-error.ts';
import type { HeaderList, HeaderView } from './headers.ts';
import type { Json, JsonObject } from './json.ts';
import type { LossLog } from './loss.ts';
import type { FinishReason, Usage } from './usage.ts';

/** One framed event without meaning: the SSE event name (null = unnamed) and its data. */
export interface Frame {
  readonly event: string | null;
  readonly data: string;
}

/** How a stream is cut into frames. */
export type Framing = 'sse' | 'ndjson' | 'aws-event-stream';

/** Something that is put into a request: a dotted path and its value there. */
export type Setting = readonly [path: string, value: Json];

/** How a vendor is told how hard to think, where it is more than every word in `control`. What is absent cannot be said there. */
export interface ReasoningSteering {
  /** Dotted path of the field that takes a word. */
  readonly effort?: string;
  /** The words that it takes, least first; absent = all. */
  readonly words?: readonly ReasoningEffort[];
  /** Dotted path of the field that takes a number of tokens to think with. */
  readonly budget?: string;
  /** What switches thinking on where no word does; sent beside a word too when `needsOn`. */
  readonly on?: Setting;
  /** What switches it off, where `none` is no word there. */
  readonly off?: Setting;
  /** True where a word alone does not switch thinking on. */
  readonly needsOn?: boolean;
  /** What keeps the reasoning out of the answer. */
  readonly hide?: Setting;
}

/** How a vendor shows and takes reasoning. */
export interface ReasoningDialect {
  /** Answer field that carries it: `reasoning_content`, `reasoning`, … ; null = none. */
  readonly field: string | null;
  /** How it arrives: in the field, between `<think>` tags, with the opening tag already spent (`primed`), or never. */
  readonly output: 'field' | 'tags' | 'primed' | 'none';
  /** How earlier reasoning goes back in history: in the field, as tags in the text, or not at all. */
  readonly replay: 'field' | 'tags' | 'never';
  /** The request field that controls effort; null = the vendor has no control. */
  readonly control: string | null;
  /** Entries of `include` by which the vendor is asked to seal its reasoning, so that it can come back. */
  readonly include?: readonly string[];
  /** Absent = `control` takes every word. */
  readonly steering?: ReasoningSteering;
  /** True where `reasoning_details` are known (OpenRouter's form of sealed reasoning in chat completions). */
  readonly details?: boolean;
  /** Who takes sealed reasoning back: everybody at the vendor, or only the account that it was made for (absent). */
  readonly seal?: 'vendor' | 'account';
}

/** What differs from the plain protocol at one backend: compiled from the provider row, frozen. */
export interface Dialect {
  readonly protocol: ProtocolId;
  readonly provider: string;
  readonly reasoning: ReasoningDialect;
  /** Top-level request fields that the vendor refuses; they are dropped with a Loss on the translated path. */
  readonly unsupported: ReadonlySet<string>;
  /** Top-level request fields that the vendor spells otherwise: protocol's name -> vendor's name. */
  readonly rename: Readonly<Record<string, string>>;
  /** False where a stream cannot be asked for its usage. */
  readonly streamUsage: boolean;
  /** The role that instructions travel under; `any` = both are known there, and the client's word is kept. */
  readonly systemRole: 'system' | 'developer' | 'any';
  /** True where output counts leave reasoning out (xAI chat): the codec adds it. */
  readonly usageExcludesReasoning: boolean;
  /** Pattern that tool call ids must match, as a source string; null = any. */
  readonly toolCallId: string | null;
  /** Longest tool name, of letters, digits, `_` and `-`; other names are changed and changed back. Absent = any name. */
  readonly toolNameLength?: number;
  /** False where a call cannot be forced (`required`, a named tool): the model is left free, with a Loss. */
  readonly forcedTool?: boolean;
  /** Keywords of JSON Schema that are refused at the top of a tool's schema. */
  readonly schemaTopWithout?: readonly string[];
  /** The `anthropic-beta` flags that are known there; absent = none but at Anthropic itself, which knows all of its own. */
  readonly betas?: ReadonlySet<string>;
  /** True where the request's wishes for backends (OpenRouter's `provider` object) are understood and go on. */
  readonly takesPreferences?: boolean;
  /** Whose sealed reasoning comes from here (core/origin.ts); absent for the plain protocol. */
  readonly origin?: string;
  /** The dialects of single models, first match first, where the backend leaves the model to the client. */
  readonly models?: readonly ModelDialect[];
}

/** What differs for the models whose names match. */
export interface ModelDialect {
  readonly matches: RegExp;
  readonly dialect: Dialect;
}

/** The plain protocol itself, without any vendor's habits. */
export function plainDialect(protocol: ProtocolId): Dialect {
  return Object.freeze({
    protocol,
    provider: protocol,
    reasoning: Object.freeze({ field: null, output: 'none', replay: 'never', control: null }),
    unsupported: new Set<string>(),
    rename: Object.freeze({}),
    streamUsage: true,
    systemRole: 'any',
    usageExcludesReasoning: false,
    toolCallId: null,
  });
}

/** Names that were changed for this request and must be changed back in its answer: written -> original. */
export type NameMap = ReadonlyMap<string, string>;

/** What a reader of answers must know. */
export interface ReadContext {
  readonly dialect: Dialect;
  readonly names: NameMap;
}

/** A request in a wire language. `path` is relative to the backend's base URL. */
export interface WireRequest {
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: JsonObject;
  readonly names: NameMap;
}

/** Turns frames into events. Push-driven; keeps its own state; never throws on foreign input. */
export interface EventReader {
  /** Appends the events of one frame to `out`. A malformed frame gives one `error` event with `upstream-malformed`. */
  read(frame: Frame, out: ChatEvent[]): void;
  /** The bytes ended. Without a terminal event before, appends one `error` event with `upstream-truncated`. */
  end(out: ChatEvent[]): void;
}

/** Turns events into frames of the client's language. */
export interface EventWriter {
  write(event: ChatEvent, out: Frame[]): void;
  /** Closes what is open after `response-end`; nothing after an error. */
  end(out: Frame[]): void;
  /** The one honest error frame of this language, in place of a terminal event. */
  abort(error: GatewayError, out: Frame[], requestId?: string): void;
}

/** What the byte path found in one frame. Bits, because a frame may be several things. */
export const TapMark = Object.freeze({
  /** Nothing of interest, or a prologue that does not commit. */
  none: 0,
  /** Carries answer content: the commit point. */
  content: 1,
  /** The terminal event of the protocol. */
  terminal: 2,
  /** Only usage: the frame that `include_usage` adds. */
  usageOnly: 4,
  /** An error inside the stream; see `error`. */
  error: 8,
  /** Carries content in one of `StreamTap.words` and nothing else: until another kind of event comes, one that differs in it alone means the same. */
  wordsOnly: 16,
});

/** Looks at frames that pass through untouched and keeps what settlement needs. */
export interface StreamTap {
  /** Inspects one frame; returns TapMark bits. Malformed data gives `TapMark.error`. */
  inspect(frame: Frame): number;
  readonly id: string | null;
  readonly model: string | null;
  readonly usage: Usage | null;
  /** Finish reason of choice 0; null until it came. */
  readonly finish: FinishReason | null;
  readonly error: GatewayError | null;
  /** True once every choice that began has a finish reason. */
  readonly finished: boolean;
  /** Names of the fields that `TapMark.wordsOnly` is about, as they stand in JSON with their colon; absent = there are none. */
  readonly words?: readonly string[];
  /** The error in this language that ends the stream, named and numbered to follow the frames that were inspected. */
  abort(error: GatewayError, requestId?: string): readonly Frame[];
  /** The last sealed reasoning in the answer; absent or null = none was seen. */
  readonly seal?: string | null;
}

/** What settlement needs of a whole answer that passes through untouched. */
export interface AnswerFacts {
  readonly id: string | null;
  readonly model: string | null;
  readonly usage: Usage | null;
  readonly finish: FinishReason | null;
  /** The last sealed reasoning in the answer; absent or null = there is none. */
  readonly seal?: string | null;
}

/** A model as the models routes list it. `createdAtMs` null = not told. */
export interface ModelInfo {
  readonly id: string;
  readonly ownedBy: string;
  readonly createdAtMs: number | null;
}

/** What policy must know of a request in this language, read without building the block model. */
export interface RequestOutline {
  readonly stream: boolean;
  readonly streamUsage: boolean;
  /** Largest number of output tokens that the client allows; null = not said. */
  readonly maxOutputTokens: number | null;
  readonly choices: number;
  readonly user: string | null;
  /** Names of Capability bits that the request needs (core/backend.ts), or-ed. */
  readonly needs: number;
}

/**
 * The top-level fields of a JSON object as byte ranges, found without parsing the whole (wire's scan makes it).
 * Every listed key is proven to occur once and unescaped.
 */
export interface FieldScan {
  readonly body: Uint8Array;
  /** Start and end offset of the value of a top-level key; null when absent. */
  range(key: string): readonly [start: number, end: number] | null;
  /** The parsed value of a top-level key; undefined when absent. */
  value(key: string): Json | undefined;
  has(key: string): boolean;
  /** Offset of the closing brace, where further fields may be spliced in. */
  readonly end: number;
  /** Every top-level key in order. */
  readonly keys: readonly string[];
  /** How many arrays there are, at any depth. */
  readonly arrays: number;
}

/** One wire language. Implementations are stateless; readers, writers and taps are made per exchange. */
export interface ChatProtocol {
  readonly id: ProtocolId;
  readonly framing: Framing;
  /** Path of the chat operation relative to a base URL, for example `/chat/completions`. */
  readonly path: string;
  /** The top-level keys that policy relies on: they must be unambiguous on the byte path. */
  readonly policyKeys: readonly string[];
  /** Where the events of a stream name the model; whole answers name it at the top. */
  readonly streamModelPath: readonly string[];

  /** Top-level outline for policy; throws GatewayError (`invalid-value`, `missing-field`) on values that cannot be judged. */
  outline(scan: FieldScan): RequestOutline;
  /**
   * True when this backend's dialect asks for more than the named splices of the byte path (ids of another pattern, reasoning
   * between tags, another role name), judged on the bytes.
   */
  needsTranslation(scan: FieldScan, outline: RequestOutline, dialect: Dialect): boolean;
  /** The last sealed reasoning in the history of a request, found in its bytes; null = there is none. */
  lastSeal(scan: FieldScan): string | null;
  /** The header in which clients of this language look for the id of their request, beside `x-request-id`. */
  readonly requestIdHeader?: string;
  /** Request headers of this language that must go with bytes that pass untouched. */
  passHeaders(headers: HeaderView, dialect: Dialect): HeaderList;
  /** Client half: throws GatewayError (`invalid-value`, `missing-field`) with `where` on what cannot be read. */
  readRequest(body: JsonObject, headers: HeaderView): ChatRequest;
  /** @param request the client's own, where the answer repeats what was asked */
  writeResponse(response: ChatResponse, losses: LossLog, request?: ChatRequest): JsonObject;
  createEventWriter(request: ChatRequest, losses: LossLog): EventWriter;
  /** @param requestId this gateway's own, where the language has a place for it */
  writeError(error: GatewayError, requestId?: string): { readonly status: number; readonly body: JsonObject };
  writeModels(list: readonly ModelInfo[]): JsonObject;
  writeModel(model: ModelInfo): JsonObject;

  /** Upstream half. */
  writeRequest(request: ChatRequest, to: Dialect, losses: LossLog): WireRequest;
  /** Throws GatewayError `upstream-malformed` when the body is not an answer of this language. */
  readResponse(body: JsonObject, from: ReadContext): ChatResponse;
  createEventReader(from: ReadContext): EventReader;
  createTap(from: ReadContext): StreamTap;
  /** Facts of a whole answer; throws GatewayError `upstream-malformed` when it is not one. An in-band error is thrown mapped. */
  inspectResponse(body: JsonObject, from: ReadContext): AnswerFacts;
  /** Maps an upstream's error answer. The raw text never appears in the result unless the code is `upstream-rejected`. */
  readError(status: number, headers: HeaderView, body: string): GatewayError;
}
