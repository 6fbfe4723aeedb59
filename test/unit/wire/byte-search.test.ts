/** The last occurrence of a pattern in bytes, and the last seal in a request. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { protocols } from '../../../src/app.ts';
import type { ProtocolId } from '../../../src/core/chat.ts';
import { LastSearch } from '../../../src/wire/byte-search.ts';
import { scanObject } from '../../../src/wire/json-scan.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('LastSearch', () => {
  it('finds what lastIndexOf finds', () => {
    const letters = (min: number, max: number) =>
      fc.array(fc.constantFrom('a', 'b', '"'), { minLength: min, maxLength: max }).map((list) => list.join(''));
    fc.assert(
      fc.property(letters(2, 5), letters(0, 40), fc.nat(10), (pattern, text, start) => {
        const from = Math.min(start, text.length);
        const at = text.slice(from).lastIndexOf(pattern);
        const found = new LastSearch(pattern).in(bytesOf(text), from, text.length);
        expect(found).toBe(at < 0 ? -1 : from + at);
      }),
      { seed: 3 },
    );
  });
});

describe('lastSeal', () => {
  const lastSeal = (protocol: ProtocolId, body: object): string | null => {
    const codec = protocols.get(protocol)!;
    return codec.lastSeal(scanObject(bytesOf(JSON.stringify(body, null, 1)), codec.policyKeys));
  };
  const turn = (...content: readonly object[]) => ({ role: 'assistant', content });
  const signed = (signature: string) => ({ type: 'thinking', thinking: 'x', signature });

  it.each<[string, ProtocolId, object, string | null]>([
    ['the last signature', 'anthropic-messages', { messages: [turn(signed('a'), signed('b'))] }, 'b'],
    ['no empty one', 'anthropic-messages', { messages: [turn(signed('a')), turn(signed(''))] }, 'a'],
    ['hidden thinking', 'anthropic-messages', { messages: [turn({ type: 'redacted_thinking', data: 'd' })] }, 'd'],
    [
      'hidden thinking after a signature',
      'anthropic-messages',
      { messages: [turn(signed('a'), { type: 'redacted_thinking', data: 'd' })] },
      'd',
    ],
    [
      'no image',
      'anthropic-messages',
      { messages: [turn({ type: 'image', source: { type: 'base64', data: 'i' } })] },
      null,
    ],
    ['no talk of it', 'anthropic-messages', { messages: [turn({ type: 'text', text: '{"signature":"a"}' })] }, null],
    ['nothing outside of the history', 'anthropic-messages', { metadata: { signature: 'a' }, messages: [] }, null],
    [
      'encrypted content',
      'openai-responses',
      { input: [{ type: 'reasoning', summary: [], encrypted_content: 'e' }] },
      'e',
    ],
    ['no null', 'openai-responses', { input: [{ type: 'reasoning', encrypted_content: null }] }, null],
    ['no wish for it', 'openai-responses', { input: 'x', include: ['reasoning.encrypted_content'] }, null],
    ['details', 'openai-chat', { messages: [{ role: 'assistant', reasoning_details: [{ signature: 's' }] }] }, 's'],
    [
      'encrypted details',
      'openai-chat',
      { messages: [{ role: 'assistant', reasoning_details: [{ data: 'd' }] }] },
      'd',
    ],
    ['no sound', 'openai-chat', { messages: [{ role: 'user', content: [{ input_audio: { data: 'd' } }] }] }, null],
  ])('finds %s (%s)', (_name, protocol, body, seal) => {
    expect(lastSeal(protocol, { model: 'm', ...body })).toBe(seal);
  });
});
