/** The neutral block model: a chat request and its answer as ordered parts, with bags that carry what only one protocol knows. */
import type { Json, JsonObject } from './json.ts';
import type { FinishReason, Usage } from './usage.ts';

/** The wire languages, one codec each. */
export type ProtocolId =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'gemini-generate'
  | 'bedrock-converse'
  | 'ollama';

/**
 * Fields that one protocol knows and the block model does not, kept under the protocol that brought them and written back
 * only to that protocol. Keys that begin with `#` are hints of a codec about the original shape (for example `#content:
 * 'string'`), never sent.
 */
export type Extra = { readonly [P in ProtocolId]?: JsonObject };

/** Where the bytes of an image, a sound or a file are. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'text'; readonly text: string };

/** Plain text; `refusal` marks the model's own words of refusal. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly refusal?: true;
  readonly extra?: Extra;
}

/** An image, sound, video or document. `mediaType` is an IANA type, or `image/*` and the like where only the kind is known. */
export interface MediaPart {
  readonly type: 'media';
  readonly mediaType: string;
  readonly source: MediaSource;
  readonly filename?: string;
  readonly extra?: Extra;
}

/** Reasoning shown or carried. `opaque` is a vendor's sealed form, valid only at `origin` (core/origin.ts). */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  readonly signature?: string;
  readonly opaque?: string;
  readonly origin?: string;
  readonly extra?: Extra;
}

/** A call the model wants made. `arguments` stays JSON text in transit and may be malformed: the client decides. */
export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  /** `custom` tools take free text instead of JSON. Absent = function. */
  readonly kind?: 'custom';
  readonly extra?: Extra;
}

/** What a call returned. */
export interface ToolResultPart {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly content: readonly Part[];
  readonly isError?: boolean;
  readonly extra?: Extra;
}

/** A block that only its own protocol understands, carried whole. */
export interface OpaquePart {
  readonly type: 'opaque';
  readonly protocol: ProtocolId;
  readonly value: Json;
}

/** One ordered piece of a message. */
export type Part = TextPart | MediaPart | ReasoningPart | ToolCallPart | ToolResultPart | OpaquePart;

/** Who speaks. `developer` and `system` are both instructions; the word is kept. */
export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

/** One turn, or a system text at its position. */
export interface Message {
  readonly role: Role;
  readonly parts: readonly Part[];
  readonly name?: string;
  readonly extra?: Extra;
}

/** A tool the model may call. `schema` is JSON Schema; absent = no parameters were declared. */
export interface FunctionTool {
  readonly type: 'function';
  readonly name: string;
  readonly description?: string;
  readonly schema?: JsonObject;
  readonly strict?: boolean;
  readonly extra?: Extra;
}

/** A tool kind that only one protocol has (custom grammar, hosted search…), carried whole. */
export interface OpaqueTool {
  readonly type: 'opaque';
  readonly protocol: ProtocolId;
  /** The tool's name where it has one, else its vendor type. */
  readonly name: string;
  readonly value: JsonObject;
}

/** A tool declaration. */
export type Tool = FunctionTool | OpaqueTool;

/** Which tool must, may or must not be called. */
export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'named'; readonly name: string }
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] }
  | { readonly type: 'opaque'; readonly protocol: ProtocolId; readonly value: Json };

/** The shape the answer must have. */
export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json-object' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly schema?: JsonObject;
      readonly description?: string;
      readonly strict?: boolean;
    }
  | { readonly type: 'opaque'; readonly protocol: ProtocolId; readonly value: Json };

/** How hard to think, from not at all to the vendor's most. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** The neutral control of reasoning. Absent fields were not asked. */
export interface ReasoningControl {
  readonly effort?: ReasoningEffort;
  readonly budgetTokens?: number;
  readonly enabled?: boolean;
  readonly summary?: 'auto' | 'concise' | 'detailed' | 'none';
}

/** A chat request in the block model. Absent = not asked. */
export interface ChatRequest {
  readonly operation: 'chat';
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  /** True when the client asked for the usage frame of a stream. */
  readonly streamUsage?: boolean;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly stop?: readonly string[];
  /** How many answers are wanted; absent = 1. */
  readonly choices?: number;
  /** Log probabilities wanted; `top` alternatives per token (0 = the chosen token only). */
  readonly logprobs?: { readonly top?: number };
  readonly logitBias?: JsonObject;
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: ReasoningControl;
  /** Output kinds, for example `['text', 'audio']`. */
  readonly modalities?: readonly string[];
  /** Sound output: voice and container format. */
  readonly audio?: JsonObject;
  readonly user?: string;
  readonly metadata?: JsonObject;
  readonly serviceTier?: string;
  readonly cacheKey?: string;
  readonly extra?: Extra;
}

/** One answer among `choices`. */
export interface Choice {
  readonly index: number;
  readonly parts: readonly Part[];
  readonly finish: FinishReason;
  /** Log probabilities in the form of OpenAI (`{content, refusal}`); absent = none told. */
  readonly logprobs?: Json;
  readonly extra?: Extra;
}

/** A whole answer in the block model. */
export interface ChatResponse {
  readonly id: string;
  readonly model: string;
  /** Milliseconds since the epoch; null = not told. */
  readonly createdAtMs: number | null;
  readonly choices: readonly Choice[];
  readonly usage: Usage | null;
  readonly serviceTier?: string;
  readonly extra?: Extra;
}
