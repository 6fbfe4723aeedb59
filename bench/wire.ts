/** What does one event of a stream cost to split, decode and rename, against a plain search for line feeds? */
import { createSseDecoder, createSseSplitter, type RawEvent } from '../src/wire/sse.ts';
import { spliceModel } from '../src/wire/json-splice.ts';
import type { Frame } from '../src/core/protocol.ts';
import { conditions, measure, type Contestant } from './interleaved.ts';

const limits = { maxEventBytes: 1 << 20 };
const chunk = (content: string): string =>
  JSON.stringify({
    id: 'chatcmpl-1234567890',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'some-model-2026',
    choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
  });
const KINDS = {
  'LF, ASCII': `data: ${chunk(' hello')}\n\n`,
  'CRLF, ASCII': `data: ${chunk(' hello')}\r\n\r\n`,
  'named, ASCII': `event: content_block_delta\ndata: ${chunk(' hello')}\n\n`,
  'LF, CJK': `data: ${chunk('你好')}\n\n`,
};

function contestants(chunks: readonly Uint8Array[]): Record<string, Contestant> {
  const splitter = createSseSplitter(limits);
  const decoder = createSseDecoder(limits);
  const events: RawEvent[] = [];
  const frames: Frame[] = [];
  const splitting =
    (use: (event: RawEvent) => number): Contestant =>
    () => {
      let sum = 0;
      for (const bytes of chunks) {
        splitter.push(bytes, events);
        for (const event of events) sum += use(event);
        events.length = 0;
      }
      return sum;
    };
  return {
    'plain indexOf': () => {
      let sum = 0;
      for (const bytes of chunks) for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) sum++;
      return sum;
    },
    split: splitting(() => 1),
    'split, bytes': splitting((event) => event.bytes.length),
    'split, frame': splitting((event) => event.frame().data.length),
    'split, rename': splitting((event) => spliceModel(event.bytes, 'asked-model')?.length ?? 0),
    decode: () => {
      for (const bytes of chunks) decoder.push(bytes, frames);
      const { length } = frames;
      frames.length = 0;
      return length;
    },
  };
}

console.log(`ns per event: best / median (x plain indexOf). ${conditions()}`);
for (const [kind, text] of Object.entries(KINDS)) {
  const ten = new TextEncoder().encode(text.repeat(10));
  const one = ten.length / 10;
  const cuts: Record<string, number> = { '1 per chunk': one, '10 per chunk': ten.length, 'cut at 1000': 1000 };
  for (const [how, size] of Object.entries(cuts)) {
    const chunks = Array.from({ length: Math.ceil(ten.length / size) }, (_, i) => ten.slice(i * size, (i + 1) * size));
    console.log(`\n${kind}, ${one} bytes, ${how}`);
    const timings = measure(contestants(chunks));
    const base = timings.get('plain indexOf')?.best ?? NaN;
    for (const [name, { best, median }] of timings) {
      const figures = `${(best / 10).toFixed(0).padStart(6)} / ${(median / 10).toFixed(0)}`;
      console.log(`  ${name.padEnd(14)} ${figures} (${(best / base).toFixed(2)} x)`);
    }
  }
}
