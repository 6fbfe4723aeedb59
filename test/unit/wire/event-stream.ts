/** A plain reading of the WHATWG event-stream grammar over whole texts, to hold the fast one against. */
import type { Frame } from '../../../src/core/protocol.ts';

/** The frames of a whole stream; like ours it delivers an event that the end cuts off. */
export function readEventStream(bytes: Uint8Array): Frame[] {
  const text = new TextDecoder().decode(bytes);
  const frames: Frame[] = [];
  let event = '';
  let data = '';
  const dispatch = (): void => {
    if (data !== '') frames.push({ event: event === '' ? null : event, data: data.slice(0, -1) });
    event = data = '';
  };
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') {
      dispatch();
      continue;
    }
    const [, name = '', value = ''] = /^([^:]*):? ?([^]*)$/.exec(line) ?? [];
    if (name === 'event') event = value;
    if (name === 'data') data += `${value}\n`;
  }
  dispatch();
  return frames;
}

/** Cuts bytes into chunks whose lengths cycle through `sizes`. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
}

/** Bytes joined. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}
