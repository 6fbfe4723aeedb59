/** Every text of a request body is read, wherever it stands and however it is written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBodyText } from '../../../../policies/classify/body-text.ts';
import { pathOf } from '../../../../policies/classify/field-names.ts';

function read(body: unknown) {
  const { texts, unreadable, readMedia } = readBodyText(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    texts: texts.map(({ place, text }) => [pathOf(place), text]),
    unreadable: unreadable.map(pathOf),
    readMedia,
  };
}

describe('readBodyText', () => {
  it('reads strings with their paths, and unknown names without showing them in paths', () => {
    expect(
      read({ messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], 'jane@x.org': { a: 'b' } }).texts,
    ).toEqual([
      ['messages[0].role', 'user'],
      ['messages[0].content[0].type', 'text'],
      ['messages[0].content[0].text', 'hi'],
      ['*', 'jane@x.org'],
      ['*.*', 'a'],
      ['*.*', 'b'],
    ]);
  });

  it('reads both values of a repeated name', () => {
    expect(read('{"content":"one","content":"two"}').texts.map(([, text]) => text)).toEqual(['one', 'two']);
  });

  it('undoes escapes of JSON that is carried as text, and keeps the text as it came', () => {
    const texts = read({ arguments: '{"mail":"a\\u0040b.org"}' }).texts.map(([, text]) => text);
    expect(texts).toEqual(['{"mail":"a\\u0040b.org"}', '{"mail":"a@b.org"}']);
  });

  it.each([
    ['wide digits', '\uff14\uff12', '42'],
    ['invisible characters', 'D\u200bE\u00ad8', 'DE8'],
    ['odd spaces and hyphens', 'a\u00a0b\u2011c', 'a b-c'],
  ])('takes %s for what they look like', (_, text, plain) => {
    expect(read({ text }).texts).toEqual([['text', plain]]);
  });

  it('reads long numbers under names of no protocol only', () => {
    expect(read({ input: { card: 4242424242424242, n: 3 }, seed: 1234567890 }).texts).toEqual([
      ['input.*', 'card'],
      ['input.*', '4242424242424242'],
    ]);
  });

  it('reads text behind base64 and data URLs', () => {
    const data = btoa('hello '.repeat(20));
    const { texts, unreadable, readMedia } = read({
      source: { type: 'base64', data },
      file: { file_data: `data:text/plain;base64,${data}` },
    });
    expect(texts.filter(([, text]) => text === 'hello '.repeat(20)).map(([path]) => path)).toEqual([
      'source.data',
      'file.file_data',
    ]);
    expect({ unreadable, readMedia }).toEqual({ unreadable: [], readMedia: true });
  });

  it.each<[string, unknown, string[]]>([
    ['a picture', { source: { type: 'base64', data: btoa('\x89PNG\r\n'.repeat(20)) } }, ['source.data']],
    ['a picture in a data URL', { image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }, ['image_url.url']],
    ['a picture elsewhere', { image_url: { url: 'https://x.example/a.png' } }, ['image_url.url']],
    ['a file by its id', { file: { file_id: 'file-1' } }, ['file.file_id']],
    ['sealed thinking is not one', { content: [{ type: 'redacted_thinking', data: btoa('\x89'.repeat(90)) }] }, []],
    ['a link in a text is not one', { text: 'https://x.example' }, []],
  ])('knows what cannot be read: %s', (_, body, paths) => {
    expect(read(body).unreadable).toEqual(paths);
  });

  it('reads every string of any JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const seen = new Set(readBodyText(JSON.stringify(value)).texts.map(({ text }) => text));
        const all = stringsOf(value);
        const plain = all.filter((text) => /^[\x20-\x7e]+$/.test(text) && !text.startsWith('data:'));
        expect(plain.filter((text) => !seen.has(text))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is linear in escapes', () => {
    const time = (count: number): number => {
      const json = JSON.stringify({ text: '\\"'.repeat(count) });
      const start = performance.now();
      readBodyText(json);
      return performance.now() - start;
    };
    time(1000);
    expect(time(200_000)).toBeLessThan(1000);
  });
});

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}
