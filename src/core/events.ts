/** The events of a streamed answer in the block model. */
import type { Extra, ProtocolId } from './chat.ts';
import type { GatewayError } from './gateway-error.ts';
import type { Json } from './json.ts';
import type { FinishReason, Usage } from './usage.ts';

/** The answer began: its id, the model's name as the upstream says it, its time (ms since the epoch). */
export interface ResponseStart {
  readonly type: 'response-start';
  readonly id: string;
  readonly model: string;
  readonly createdAtMs: number | null;
  readonly serviceTier?: string;
  readonly extra?: Extra;
}

/** The kinds of part that grow by deltas. */
export type StreamedPart = 'text' | 'refusal' | 'reasoning' | 'tool-call' | 'audio';

/**
 * A part began. `index` numbers the parts of a choice in the order of their start, from 0; tool calls carry id and name.
 * Parts of one choice may be open at the same time: deltas name their part.
 */
export interface PartStart {
  readonly type: 'part-start';
  readonly choice: number;
  readonly index: number;
  readonly part: StreamedPart;
  readonly id?: string;
  readonly name?: string;
  readonly kind?: 'custom';
  readonly extra?: Extra;
}

/** More of a part: text, or JSON text of a tool call's arguments. */
export interface PartDelta {
  readonly type: 'part-delta';
  readonly choice: number;
  readonly index: number;
  readonly delta: string;
  readonly extra?: Extra;
}

/** A part is whole. */
export interface PartEnd {
  readonly type: 'part-end';
  readonly choice: number;
  readonly index: number;
  readonly signature?: string;
  readonly opaque?: string;
  /** Where a sealed part was made (core/origin.ts). */
  readonly origin?: string;
  readonly extra?: Extra;
}

/** Log probabilities for the text just sent, in the form of OpenAI. */
export interface LogprobsDelta {
  readonly type: 'logprobs-delta';
  readonly choice: number;
  readonly logprobs: Json;
}

/** A choice is whole. */
export interface ChoiceEnd {
  readonly type: 'choice-end';
  readonly choice: number;
  readonly finish: FinishReason;
  readonly extra?: Extra;
}

/** Token counts; a later one replaces an earlier one. */
export interface UsageEvent {
  readonly type: 'usage';
  readonly usage: Usage;
}

/**
 * Something only its own protocol understands, carried whole at its place. With `at` it is a whole part of a choice, numbered
 * among the others (a hosted tool's call, its result); without, it belongs to the stream only.
 */
export interface OpaqueEvent {
  readonly type: 'opaque';
  readonly protocol: ProtocolId;
  readonly value: Json;
  readonly at?: { readonly choice: number; readonly index: number };
}

/** The upstream reported an error inside the stream; nothing follows. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly error: GatewayError;
}

/** The upstream's terminal event was seen: the answer is complete. Exactly one per good stream, always last. */
export interface ResponseEnd {
  readonly type: 'response-end';
}

/** One event of a streamed answer. */
export type ChatEvent =
  | ResponseStart
  | PartStart
  | PartDelta
  | PartEnd
  | LogprobsDelta
  | ChoiceEnd
  | UsageEvent
  | OpaqueEvent
  | ErrorEvent
  | ResponseEnd;
