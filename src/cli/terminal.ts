/** The process as commands see it: data goes to stdout, messages to stderr, and tests hand over streams of their own. */
import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { JsonObject } from '../core/json.ts';

/** Where a command runs. */
export interface Terminal {
  /** A person writes where it says `isTTY`. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** Emits signals by their names, `uncaughtException` and `unhandledRejection`; `process` is one. */
  readonly events: EventEmitter;
}

/** How a piece of text looks. */
export type Style = Parameters<typeof styleText>[0];

/** Prints data. */
export function print({ stdout }: Terminal, text: string): void {
  stdout.write(text);
}

/** Prints a message. */
export function say({ stderr }: Terminal, text: string): void {
  stderr.write(text);
}

/** Prints one record for programs; `v` is the version of its form. */
export function printJson(terminal: Terminal, record: JsonObject): void {
  print(terminal, `${JSON.stringify({ v: 1, ...record }, null, 2)}\n`);
}

/** The text in a style, where the stream shows colours and NO_COLOR does not forbid them. */
export function paint(stream: Writable, style: Style, text: string): string {
  return styleText(style, text, { stream, validateStream: true });
}

/** How a stream is painted. */
export type Painter = (style: Style, text: string) => string;

/** The painter of one stream. */
export function styleFor(stream: Writable): Painter {
  return (style, text) => paint(stream, style, text);
}

/** True when `paint` paints. */
export function showsColor(stream: Writable): boolean {
  return paint(stream, 'bold', '-') !== '-';
}

/** `1 backend`, `2 backends`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
