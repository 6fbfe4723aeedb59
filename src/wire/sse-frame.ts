/** The lines of one SSE event, read by the WHATWG event-stream grammar. */
import type { Frame } from '../core/protocol.ts';

const COLON = 0x3a;
const SPACE = 0x20;

/**
 * Reads the event that lies in `text[from, to)`: `data` lines joined by line feeds, the last non-empty `event` name; comments, `id`,
 * `retry` and unknown fields are skipped. Null when there is no `data` line, for then the grammar dispatches nothing.
 * @param hasCr false promises that no carriage return lies in the range and that the range ends with a line or with the text
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function parseFrame(text: string, from: number, to: number, hasCr: boolean): Frame | null {
  return hasCr ? parseLines(text.slice(from, to), 0, to - from, true) : parseLines(text, from, to, false);
}

function parseLines(text: string, from: number, to: number, hasCr: boolean): Frame | null {
  let event: string | null = null;
  let data: string | null = null;
  let cr = hasCr ? find(text, '\r', from, to) : to;
  let lf = find(text, '\n', from, to);
  for (let at = from; at < to;) {
    const end = lf < cr ? lf : cr;
    if (text.startsWith('data', at)) {
      const value = fieldValue(text, at + 4, end);
      if (value !== null) data = data === null ? value : `${data}\n${value}`;
    } else if (text.startsWith('event', at)) {
      const value = fieldValue(text, at + 5, end);
      if (value !== null) event = value === '' ? null : value;
    }
    at = end + 1;
    if (lf < at) lf = find(text, '\n', at, to);
    if (cr < at) cr = find(text, '\r', at, to);
  }
  return data === null ? null : { event, data };
}

/** The value behind a field name that ended at `at`; null when the name goes on (`database: x`). */
function fieldValue(text: string, at: number, end: number): string | null {
  if (at === end) return '';
  if (text.charCodeAt(at) !== COLON) return null;
  return text.slice(at + 1 < end && text.charCodeAt(at + 1) === SPACE ? at + 2 : at + 1, end);
}

function find(text: string, what: string, at: number, to: number): number {
  const found = at < to ? text.indexOf(what, at) : -1;
  return found === -1 ? to : found;
}
