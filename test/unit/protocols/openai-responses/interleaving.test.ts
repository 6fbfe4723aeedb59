/** Any interleaving of parts becomes items that follow each other, and reads back as the same parts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Part } from '../../../../src/core/chat.ts';
import type { ChatEvent, PartStart } from '../../../../src/core/events.ts';
import { foldEvents } from '../../../../src/core/fold.ts';
import { isJsonObject, type JsonObject } from '../../../../src/core/json.ts';
import { plainDialect, type Frame } from '../../../../src/core/protocol.ts';
import { openaiResponses } from '../../../../src/protocols/openai-responses/index.ts';
import { eventsOf, withoutHints } from '../../../conformance/protocol-run.ts';
import { delta, end, START, start, STOP, written } from './exchange.ts';

const KINDS: readonly PartStart['part'][] = ['text', 'refusal', 'reasoning', 'tool-call'];
const FROM = { dialect: plainDialect('openai-responses'), names: new Map() };

/** Steps of several parts, shuffled: a part begins in its order, grows, and ends, or is left open. */
const stream: fc.Arbitrary<readonly ChatEvent[]> = fc
  .tuple(
    fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 5 }),
    fc.array(fc.tuple(fc.nat(4), fc.string({ minLength: 1, maxLength: 4 }), fc.boolean()), { maxLength: 20 }),
  )
  .map(([kinds, steps]) => {
    const events: ChatEvent[] = [START];
    const ended = new Set<number>();
    let begun = 0;
    const begin = (): void => {
      const part = kinds[begun] ?? 'text';
      events.push(start(begun, part, part === 'tool-call' ? { id: `c${begun}`, name: 'f' } : {}), delta(begun, '0'));
      begun++;
    };
    begin();
    for (const [which, words, ends] of steps) {
      if (which >= begun && begun < kinds.length) begin();
      const index = Math.min(which, begun - 1);
      if (ended.has(index)) continue;
      events.push(delta(index, words));
      if (ends) {
        ended.add(index);
        events.push(end(index));
      }
    }
    while (begun < kinds.length) begin();
    return [...events, ...STOP];
  });

/** What the parts say, neighbouring texts of one kind apart. */
function said(parts: readonly Part[] | undefined): unknown {
  return withoutHints(parts ?? []);
}

describe('interleaved parts', () => {
  it('follow each other, numbered without a gap, and say the same', () => {
    fc.assert(
      fc.property(stream, (events) => {
        const { bodies, types, losses } = written(events);
        expect(losses).toEqual([]);
        expect(bodies.map((body) => body['sequence_number'])).toEqual(bodies.map((_, i) => i));
        const lifecycle = types.filter((type) => type.startsWith('output_item.'));
        expect(lifecycle).toEqual(lifecycle.map((_, i) => (i % 2 === 0 ? 'output_item.added' : 'output_item.done')));
        const frames = bodies.map((body): Frame => ({ event: null, data: JSON.stringify(body) }));
        const before = foldEvents(events).response.choices[0]?.parts;
        const after = foldEvents(eventsOf(openaiResponses, FROM, frames)).response.choices[0]?.parts;
        expect(said(after)).toEqual(said(before));
        const last = bodies.at(-1)?.['response'];
        const whole = isJsonObject(last) ? last : ({} as JsonObject);
        expect(openaiResponses.readResponse(whole, FROM).choices[0]?.parts).toEqual(after);
      }),
      { numRuns: 300, seed: 20261123 },
    );
  });
});
