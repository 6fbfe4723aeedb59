/** Runs streams through decoders, readers, writers and taps for the protocol laws. */
import type { ChatRequest } from '../../src/core/chat.ts';
import type { ChatEvent } from '../../src/core/events.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { LossLog } from '../../src/core/loss.ts';
import { TapMark, type ChatProtocol, type Frame, type ReadContext } from '../../src/core/protocol.ts';
import type { FinishReason, Usage } from '../../src/core/usage.ts';
import { createNdjsonDecoder, encodeNdjson } from '../../src/wire/ndjson.ts';
import { createSseDecoder, encodeFrames } from '../../src/wire/sse.ts';

const LIMITS = { maxEventBytes: 1 << 20 };

/** A body as it is after the wire: what is undefined is absent. */
export function asSent(body: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(body)) as JsonObject;
}

/** A request without the codec's hints about the original shape, and without bags that are empty then. */
export function withoutHints<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutHints) as T;
  if (typeof value !== 'object' || value === null) return value;
  const clean: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const stripped: unknown = key === 'extra' ? cleanExtra(inner as Record<string, JsonObject>) : withoutHints(inner);
    if (stripped !== undefined) clean[key] = stripped;
  }
  return clean as T;
}

function cleanExtra(extra: Record<string, JsonObject>): Record<string, JsonObject> | undefined {
  const clean: Record<string, JsonObject> = {};
  for (const [protocol, bag] of Object.entries(extra)) {
    const kept = Object.entries(bag).filter(([key]) => !key.startsWith('#'));
    if (kept.length > 0) clean[protocol] = Object.fromEntries(kept);
  }
  return Object.keys(clean).length === 0 ? undefined : clean;
}

/** The bytes of a stream. */
export function encode(protocol: ChatProtocol, frames: readonly Frame[]): Uint8Array {
  if (protocol.framing === 'sse') return encodeFrames(frames);
  if (protocol.framing === 'ndjson') return join(frames.map(encodeNdjson));
  throw new Error(`no encoder for ${protocol.framing} yet`);
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

/** The frames of a stream given as chunks of bytes: all that a reader of events ever sees of them. */
export function decodeAll(protocol: ChatProtocol, chunks: readonly Uint8Array[]): Frame[] {
  const decoder = protocol.framing === 'ndjson' ? createNdjsonDecoder(LIMITS) : createSseDecoder(LIMITS);
  const frames: Frame[] = [];
  for (const chunk of chunks) decoder.push(chunk, frames);
  decoder.end(frames);
  return frames;
}

/** The events of a stream given as chunks of bytes. */
export function readAll(protocol: ChatProtocol, from: ReadContext, chunks: readonly Uint8Array[]): ChatEvent[] {
  return eventsOf(protocol, from, decodeAll(protocol, chunks));
}

/** The borders, `step` apart, at which a cut gives other frames than the whole does. */
export function brokenCuts(protocol: ChatProtocol, bytes: Uint8Array, step = 1): readonly number[] {
  const whole = decodeAll(protocol, [bytes]);
  const broken: number[] = [];
  for (let at = 1; at < bytes.length; at += step) {
    const frames = decodeAll(protocol, splitAt(bytes, at));
    const isSame = frames.length === whole.length && frames.every((frame, i) => isSameFrame(frame, whole[i]));
    if (!isSame) broken.push(at);
  }
  return broken;
}

function isSameFrame(a: Frame, b: Frame | undefined): boolean {
  return a.event === b?.event && a.data === b.data;
}

/** The events of a stream given as frames, to its end. */
export function eventsOf(protocol: ChatProtocol, from: ReadContext, frames: readonly Frame[]): ChatEvent[] {
  const reader = protocol.createEventReader(from);
  const events: ChatEvent[] = [];
  for (const frame of frames) reader.read(frame, events);
  reader.end(events);
  return events;
}

/** Bytes in two pieces. */
export function splitAt(bytes: Uint8Array, at: number): readonly Uint8Array[] {
  return [bytes.slice(0, at), bytes.slice(at)];
}

/** Bytes in pieces of one size. */
export function cut(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  return pieces;
}

const ASKS_USAGE: ChatRequest = { operation: 'chat', model: 'm', messages: [], stream: true, streamUsage: true };

/** The frames of a stream for a client that asked for usage. */
export function writeAll(protocol: ChatProtocol, events: readonly ChatEvent[], losses: LossLog): Frame[] {
  const writer = protocol.createEventWriter(ASKS_USAGE, losses);
  const frames: Frame[] = [];
  for (const event of events) writer.write(event, frames);
  writer.end(frames);
  return frames;
}

/** What a tap found: the first frame with content (-1 = none), how the stream ended, usage and finish. */
export interface TapFacts {
  readonly content: number;
  readonly error: string | null;
  readonly terminal: boolean;
  readonly usage: Usage | null;
  readonly finish: FinishReason | null;
}

/** Taps a stream. The finish reason counts once the stream is complete. */
export function tapAll(protocol: ChatProtocol, from: ReadContext, frames: readonly Frame[]): TapFacts {
  const tap = protocol.createTap(from);
  const marks = frames.map((frame) => tap.inspect(frame));
  const terminal = marks.some((mark) => (mark & TapMark.terminal) !== 0);
  return {
    content: marks.findIndex((mark) => (mark & TapMark.content) !== 0),
    error: tap.error?.code ?? null,
    terminal,
    usage: tap.usage,
    finish: terminal ? tap.finish : null,
  };
}
