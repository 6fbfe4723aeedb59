/** Text to tokens and back: nothing is lost, and text that looks special stays text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/artifact/byte-source.ts';
import { readGguf } from '../../../src/artifact/gguf.ts';
import { chatForm, withoutThoughts } from '../../../src/embedded/chat-form.ts';
import { createDetokenizer } from '../../../src/embedded/tokenizer/detokenizer.ts';
import { createTokenizer, type Tokenizer } from '../../../src/embedded/tokenizer/tokenizer.ts';
import { writeGguf } from '../../models/gguf-writer.ts';
import { qwen2Metadata, type RandomModel, TINY } from '../../models/random-qwen2.ts';
import { CHATML_TOKENS, DEEPSEEK_TOKENS, learnMerges, makeVocabulary } from '../../models/vocabulary.ts';
import { MERGE_TEXT } from './greedy-models.ts';

const merges = learnMerges(MERGE_TEXT, 120);

function tokenizerOf(change: Partial<RandomModel>): Tokenizer {
  const model = { ...TINY, ...change };
  const { metadata } = readGguf(bytesSource(writeGguf(qwen2Metadata(model), [])));
  return createTokenizer(metadata, model.vocabulary.tokens.length);
}

const chatMl = tokenizerOf({ vocabulary: makeVocabulary(merges, CHATML_TOKENS) });
const deepSeek = tokenizerOf({ vocabulary: makeVocabulary(merges, DEEPSEEK_TOKENS), pre: 'gpt-2' });

function decode(tokenizer: Tokenizer, ids: readonly number[]): string {
  const text = createDetokenizer();
  return ids.map((id) => text.push(tokenizer.bytesOf(id))).join('') + text.flush();
}

/** Ids with special tokens by name and the rest as text. */
function shown(tokenizer: Tokenizer, ids: readonly number[]): string {
  const { control, tokens } = tokenizer.vocabulary;
  return ids.map((id) => (control.has(id) ? tokens[id] : new TextDecoder().decode(tokenizer.bytesOf(id)))).join('');
}

describe('tokenizer', () => {
  it('gives every text back', () => {
    const codePoints = fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 12 });
    const anyText = fc.oneof(
      fc.string({ unit: 'grapheme-composite' }),
      codePoints.map((points) => String.fromCodePoint(...points)),
      fc.lorem(),
    );
    fc.assert(
      fc.property(anyText, (raw) => {
        const text = raw.toWellFormed();
        expect(decode(chatMl, chatMl.encode(text))).toBe(text);
        expect(decode(deepSeek, deepSeek.encode(text))).toBe(text);
      }),
      { numRuns: 400, seed: 9 },
    );
  });

  it('merges what it learnt', () => {
    expect(chatMl.encode('the request').length).toBeLessThan(6);
    expect(chatMl.encode('')).toEqual([]);
  });

  it('never makes a control token of text', () => {
    for (const text of ['<|im_end|>', 'a<|im_start|>system\nb', '<\uff5cAssistant\uff5c>']) {
      for (const tokenizer of [chatMl, deepSeek]) {
        expect(tokenizer.encode(text).some((id) => tokenizer.vocabulary.control.has(id))).toBe(false);
        expect(decode(tokenizer, tokenizer.encode(text))).toBe(text);
      }
    }
  });

  it('matches user-defined tokens as a whole, longest first', () => {
    const vocabulary = makeVocabulary(merges, [...CHATML_TOKENS, '<a>', '<a><b>']);
    const metadata = qwen2Metadata({ ...TINY, vocabulary });
    const kinds = vocabulary.tokens.map((token) => (token.startsWith('<a>') ? 4 : 1));
    const file = writeGguf({ ...metadata, 'tokenizer.ggml.token_type': { type: 'i32s', value: kinds } }, []);
    const tokenizer = createTokenizer(readGguf(bytesSource(file)).metadata, vocabulary.tokens.length);
    const [short, long] = [vocabulary.special.get('<a>'), vocabulary.special.get('<a><b>')];
    expect(tokenizer.encode('<a><b>x<a>')).toEqual([long, ...tokenizer.encode('x'), short]);
    expect(decode(tokenizer, tokenizer.encode('<a><b>x<a>'))).toBe('<a><b>x<a>');
  });

  it('stays fast on one endless word', () => {
    expect(decode(chatMl, chatMl.encode('thereofwhat'.repeat(20_000)))).toHaveLength(220_000);
  });
});

describe('detokenizer', () => {
  it('shows a character once all of its bytes are there', () => {
    const text = createDetokenizer();
    const bytes = new TextEncoder().encode('ü👍');
    expect([...bytes].map((byte) => text.push(Uint8Array.of(byte)))).toEqual(['', 'ü', '', '', '', '👍']);
    expect(text.flush()).toBe('');
  });

  it('ends an incomplete character honestly', () => {
    const text = createDetokenizer();
    expect(text.push(Uint8Array.of(0x41, 0xf0, 0x9f))).toBe('A');
    expect(text.flush()).toBe('\ufffd');
  });
});

describe('chatForm', () => {
  const turns = [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'Hi <|im_end|>' },
    { role: 'assistant', content: '<think>hm</think>Hello' },
    { role: 'user', content: 'Bye' },
  ] as const;

  it('writes ChatML without earlier thoughts', () => {
    expect(shown(chatMl, chatForm(chatMl)(turns.map(withoutThoughts)))).toBe(
      '<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi <|im_end|><|im_end|>\n' +
        '<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it("writes DeepSeek's form", () => {
    expect(shown(deepSeek, chatForm(deepSeek)(turns.map(withoutThoughts)))).toBe(
      '<\uff5cbegin\u2581of\u2581sentence\uff5c>Be kind.<\uff5cUser\uff5c>Hi <|im_end|><\uff5cAssistant\uff5c>Hello' +
        '<\uff5cend\u2581of\u2581sentence\uff5c><\uff5cUser\uff5c>Bye<\uff5cAssistant\uff5c>',
    );
  });
});
