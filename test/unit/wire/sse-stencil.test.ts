/** The likeness of events: what fits is one event, valid JSON, and differs in its words alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseStencil } from '../../../src/wire/sse-stencil.ts';
import { createSseSplitter, type RawEvent } from '../../../src/wire/sse.ts';

const FIELDS = ['"content":', '"reasoning_content":', '"reasoning":'];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (pieces: readonly Uint8Array[]): string =>
  pieces.map((piece) => new TextDecoder().decode(piece)).join('');

const chunk = (content: string, more: object = {}): string =>
  JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more });
const event = (content: string, more: object = {}): string => `data: ${chunk(content, more)}\n\n`;

function learned(text: string, sent = text, maxEventBytes = 4096): SseStencil {
  const stencil = new SseStencil(FIELDS, maxEventBytes);
  const bytes = bytesOf(text);
  stencil.learn(bytes, sent === text ? bytes : bytesOf(sent));
  return stencil;
}

const fits = (stencil: SseStencil, text: string): boolean => stencil.fits(bytesOf(text));

describe('a stencil', () => {
  it('knows the next event by its likeness, and nothing else', () => {
    const stencil = learned(event('Hello'));
    expect(fits(stencil, event(' world'))).toBe(true);
    expect(fits(stencil, event('Grüße 🌊'))).toBe(true);
    expect(fits(stencil, event(''))).toBe(false);
    expect(fits(stencil, event('a "quote", a\nline, \u0000 and \ud800'))).toBe(true);
    expect(fits(stencil, event('x').replace('x', '\\x'))).toBe(false);
    expect(fits(stencil, event('x').replace('x', '\\u12g4'))).toBe(false);
    expect(fits(stencil, event('x').replace('x', '\\u12F\u0010'))).toBe(false);
    expect(fits(stencil, event('x').replace('x', '\\'))).toBe(false);
    expect(fits(stencil, event('x').replace('x', 'a"b'))).toBe(false);
    expect(fits(stencil, event('x').replace('x', 'a\nb'))).toBe(false);
    expect(fits(stencil, event('x', { usage: {} }))).toBe(false);
    expect(fits(stencil, event('x').replace('"c"', '"d"'))).toBe(false);
    expect(fits(stencil, event('x').slice(0, -1))).toBe(false);
    expect(fits(new SseStencil(FIELDS, 4096), event('x'))).toBe(false);
  });

  it('knows nothing after it was told to forget, and nothing of an event that is too long', () => {
    const stencil = learned(event('Hello'), undefined, event('Hello').length);
    expect(fits(stencil, event('World'))).toBe(true);
    expect(fits(stencil, event('Worlds'))).toBe(false);
    stencil.forget();
    expect(fits(stencil, event('World'))).toBe(false);
  });

  it('learns nothing from two fields of one name, or where a line feed may follow', () => {
    expect(fits(learned(event('a\n')), event('b'))).toBe(true);
    const twice = event('a', { content: 'x' });
    expect(fits(learned(twice), twice)).toBe(false);
    const returns = event('a').replaceAll('\n', '\r');
    expect(fits(learned(returns), returns)).toBe(false);
    const both = event('a').replaceAll('\n', '\r\n');
    expect(fits(learned(both), both)).toBe(true);
  });

  it('gives up on events that differ elsewhere too', () => {
    const stencil = new SseStencil(FIELDS, 4096);
    for (let i = 0; i < 20; i++) {
      const bytes = bytesOf(event('x', { obfuscation: String(i) }));
      stencil.learn(bytes, bytes);
    }
    expect(fits(stencil, event('y', { obfuscation: '19' }))).toBe(false);
  });

  it('passes the events that fit as one piece of the bytes they came in, and stops at the first that does not', () => {
    const stencil = learned(event('a'));
    const known = event('b') + event('ç');
    const out: Uint8Array[] = [];
    const bytes = bytesOf(`${known}: ping\n\n${event('d')}`);
    expect(stencil.pass(bytes, 0, out)).toBe(bytesOf(known).length);
    expect(out).toHaveLength(1);
    expect(textOf(out)).toBe(known);
    const whole = bytesOf(known);
    expect(stencil.pass(whole, 0, [])).toBe(whole.length);
  });

  it('writes the events that fit as the learned one went on', () => {
    const renamed = (text: string): string => text.replace('"model":"m"', '"model":"a longer name"');
    const stencil = learned(event('a'), renamed(event('a')));
    const out: Uint8Array[] = [];
    const known = event('b') + event('çé');
    stencil.pass(bytesOf(known), 0, out);
    expect(textOf(out)).toBe(renamed(event('b')) + renamed(event('çé')));
  });

  it('accepts only what the grammar and JSON.parse read as the same event with those words', () => {
    const words = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('"', '\\', '\\n', '\\u00e9', '\\u00g9', '\\x', '\u0000', '\u2028', '","role":"x', 'a\n\ndata: x'),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), words, (content, id, middle) => {
        const text = event(content, { id });
        const at = text.indexOf('"content":"') + '"content":"'.length;
        const forged = text.slice(0, at) + middle + text.slice(at + JSON.stringify(content).length - 2);
        if (!fits(learned(text), forged)) return;
        const events: RawEvent[] = [];
        createSseSplitter({ maxEventBytes: 4096 }).push(bytesOf(forged), events);
        expect(events).toHaveLength(1);
        const parsed = JSON.parse(events[0]!.frame().data) as { choices: { delta: { content: string } }[] };
        expect(JSON.stringify(parsed)).toBe(JSON.stringify(JSON.parse(forged.slice('data: '.length))));
        expect(parsed.choices[0]?.delta.content).toBe(JSON.parse(`"${middle}"`));
      }),
    );
  });
});
