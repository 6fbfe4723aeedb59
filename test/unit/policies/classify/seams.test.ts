/** Values that begin in one part of a message and end in the next are found; neighbours that only look like one value are not. */
import { describe, expect, it } from 'vitest';
import { readBodyText } from '../../../../policies/classify/body-text.ts';
import { DETECTORS } from '../../../../policies/classify/detectors.ts';
import { scanTexts } from '../../../../policies/classify/scan.ts';

const DETECT = Object.values(DETECTORS);

function namesIn(body: unknown): readonly string[] {
  return scanTexts(readBodyText(JSON.stringify(body)).texts, DETECT).map(({ name, field }) => `${name} ${field}`);
}

const inChat = (...parts: string[]) => ({
  messages: [{ role: 'user', content: parts.map((text) => ({ type: 'text', text })) }],
});
const inSystem = (...parts: string[]) => ({ system: parts.map((text) => ({ type: 'text', text })), messages: [] });
const inResponses = (...parts: string[]) => ({
  input: [{ role: 'user', content: parts.map((text) => ({ type: 'input_text', text })) }],
});

describe('values across parts', () => {
  it.each([
    ['an account number within a group', ['to DE8937040044', '0532013000 please'], 'iban'],
    ['a card between groups', ['4242 4242', '4242 4242'], 'card'],
    ['an address', ['jane.canary@', 'example.org'], 'email'],
    ['a key in three parts', ['sk-ant-api03-AbC1', '23dEf456GhI7', '89jKl012'], 'secret_key'],
    [
      'a key behind much else',
      ['x '.repeat(4000) + '-----BEGIN PRI', 'VATE KEY-----' + ' x'.repeat(4000)],
      'private_key',
    ],
  ])('finds %s', (_, parts, detector) => {
    expect(namesIn(inChat(...parts))).toContain(`${detector} messages[0].content[0].text`);
    expect(namesIn(inSystem(...parts))).toContain(`${detector} system[0].text`);
    expect(namesIn(inResponses(...parts))).toContain(`${detector} input[0].content[0].text`);
  });

  it('joins parts of one message only', () => {
    const apart = { messages: ['DE8937040044', '0532013000'].map((text) => ({ role: 'user', content: [{ text }] })) };
    expect(namesIn(apart)).toEqual([]);
  });

  it('finds nothing in ordinary neighbours', () => {
    expect(namesIn(inChat('Total: 4242', '4242 pieces', 'of 12', 'in 34 boxes', 'see fig. 1.2', '.3'))).toEqual([]);
  });

  it('counts what stands whole in a part once', () => {
    const texts = readBodyText(JSON.stringify(inChat('DE89370400440532013000', 'and more'))).texts;
    expect(scanTexts(texts, DETECT)).toEqual([
      { source: 'detector', name: 'iban', field: 'messages[0].content[0].text', count: 1 },
    ]);
  });
});
