/** A model that says what a test scripts: one turn of it, what it saw of the request, and what a wire language must be able to do with both. */
import * as answers from '../../faults/answers.ts';
import type { Received, Script } from '../../faults/wire.ts';

/** A call with its arguments in the pieces that a stream sends; no pieces = a call without arguments. */
export interface ScriptedCall {
  readonly id: string;
  readonly name: string;
  readonly pieces: readonly string[];
}

/** What the model says, in this order. Texts come in the pieces that a stream sends. */
export interface Turn {
  readonly reasoning?: readonly string[];
  readonly text?: readonly string[];
  readonly calls?: readonly ScriptedCall[];
}

/** What a request says, in words that every language has; read by hand, not by the codecs under test. */
export interface Seen {
  readonly model: string;
  readonly isStream: boolean;
  /** System and developer texts, joined by line breaks. */
  readonly instructions: string;
  /** Texts of the user, in order. */
  readonly texts: readonly string[];
  /** Base64 of every image and document. */
  readonly images: readonly string[];
  readonly documents: readonly string[];
  readonly tools: readonly string[];
  /** Calls of earlier turns: id, name, arguments as parsed JSON. */
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: unknown }[];
  /** Texts of results: call id, what it returned. */
  readonly results: readonly (readonly [id: string, text: string])[];
  /** The JSON Schema that the answer must obey; null = none. */
  readonly schema: unknown;
}

/** One wire language, on the side of the model. */
export interface ModelLanguage {
  /** The wire language's own name. */
  readonly id: string;
  /** The provider row that speaks it. */
  readonly provider: string;
  /** Path below the base URL. */
  readonly path: string;
  /** What it seals its reasoning with; null where the language has no seal. */
  readonly seal: string | null;
  /** The body of a whole answer. */
  whole(turn: Turn): object;
  /** The frames of a stream. */
  stream(turn: Turn): string[];
  /** The frame of an error in the middle of a stream, after `before` frames. */
  errorFrame(before: number): string;
  read(body: Record<string, unknown>): Seen;
}

/** The answer to a request, whole or streamed as it asks. */
export function say(language: ModelLanguage, turn: Turn): Script {
  return (wire) => {
    const { isStream } = seenBy(language, wire.request);
    return (isStream ? answers.stream(language.stream(turn)) : answers.json(language.whole(turn)))(wire);
  };
}

/** What a recorded request says. */
export function seenBy(language: ModelLanguage, { body }: Received): Seen {
  return language.read(JSON.parse(body.toString('utf8')) as Record<string, unknown>);
}

/** The arguments of a call as a whole answer has them. */
export function argumentsOf({ pieces }: ScriptedCall): string {
  return pieces.length === 0 ? '{}' : pieces.join('');
}

/** The pieces of arguments as OpenAI streams them: an empty object is said, while Anthropic sends no delta for one. */
export function piecesOf(pieces: readonly string[]): readonly string[] {
  return pieces.length === 0 ? ['{}'] : pieces;
}

/** The pieces of a text as one. */
export function joined(pieces: readonly string[] = []): string {
  return pieces.join('');
}

/** The base64 of a data URL, or the text itself. */
export function base64Of(url: unknown): string {
  return String(url).replace(/^data:[^,]*,/, '');
}

/** The objects of a list that may be absent, or a text in its place as one part of `type`. */
export function partsOf(content: unknown, type: string): Record<string, unknown>[] {
  if (typeof content === 'string') return [{ type, text: content }];
  return Array.isArray(content) ? (content as Record<string, unknown>[]) : [];
}

/** The texts among parts, joined. */
export function textOf(content: unknown): string {
  return partsOf(content, 'text')
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('');
}
