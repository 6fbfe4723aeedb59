/** Splices: the edited object is what JSON.parse reads, and every other byte stays. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { scanObject } from '../../../src/wire/json-scan.ts';
import { spliceBody, spliceModel, type Edit } from '../../../src/wire/json-splice.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | null): string | null => bytes && new TextDecoder().decode(bytes);
const splice = (text: string, edits: readonly Edit[]): string | null =>
  textOf(spliceBody(scanObject(bytesOf(text), []), edits));

describe('spliceBody', () => {
  it.each<[what: string, body: string, edits: readonly Edit[], expected: string]>([
    [
      'a value',
      '{"model" : "a" ,"n":1}',
      [{ kind: 'replace', key: 'model', value: 'org/"b"é' }],
      '{"model" : "org/\\"b\\"é" ,"n":1}',
    ],
    ['a key', '{"max_tokens": 1e2}', [{ kind: 'rename', from: 'max_tokens', to: 'limit' }], '{"limit": 1e2}'],
    ['a key that is not there', '{"a":1}', [{ kind: 'rename', from: 'b', to: 'c' }], '{"a":1}'],
    ['an append', ' {"a":1 } ', [{ kind: 'append', key: 'b', value: { c: [null] } }], ' {"a":1 ,"b":{"c":[null]}} '],
    ['an append to nothing', '{ }', [{ kind: 'append', key: 'b', value: 1 }], '{ "b":1}'],
    [
      'several, in any order',
      '{"a":1,"b":2,"c":3}',
      [
        { kind: 'append', key: 'x', value: 0 },
        { kind: 'replace', key: 'c', value: 'C' },
        { kind: 'rename', from: 'a', to: 'A' },
        { kind: 'append', key: 'y', value: 0 },
        { kind: 'replace', key: 'a', value: '' },
      ],
      '{"A":"","b":2,"c":"C","x":0,"y":0}',
    ],
    [
      'names that change places',
      '{"a":1,"b":2}',
      [
        { kind: 'rename', from: 'a', to: 'b' },
        { kind: 'rename', from: 'b', to: 'a' },
      ],
      '{"b":1,"a":2}',
    ],
  ])('%s', (_what, body, edits, expected) => {
    expect(splice(body, edits)).toBe(expected);
  });

  it('gives the same bytes back where nothing changes', () => {
    const scan = scanObject(bytesOf('{"a":1}'), []);
    expect(spliceBody(scan, [])).toBe(scan.body);
  });

  it.each<[what: string, edits: readonly Edit[], code: string]>([
    ['a rename onto a key that is there', [{ kind: 'rename', from: 'a', to: 'b' }], 'duplicate-key'],
    ['a replacement of nothing', [{ kind: 'replace', key: 'z', value: 1 }], 'internal'],
    ['an append of a key that is there', [{ kind: 'append', key: 'a', value: 1 }], 'internal'],
    [
      'two appends of one key',
      [
        { kind: 'append', key: 'z', value: 1 },
        { kind: 'append', key: 'z', value: 1 },
      ],
      'internal',
    ],
    [
      'two replacements of one value',
      [
        { kind: 'replace', key: 'a', value: 1 },
        { kind: 'replace', key: 'a', value: 2 },
      ],
      'internal',
    ],
  ])('refuses %s', (_what, edits, code) => {
    expect(() => splice('{"a":1,"b":2}', edits)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['{"a":1,"b":2,"c":3}', 'b', '{"a":1,"c":3}'],
    ['{ "a" : 1 , "b" : [2] }', 'a', '{  "b" : [2] }'],
    ['{"a":1 ,\n "b":{"x":","} }', 'b', '{"a":1  }'],
    ['{ "a":1 }', 'a', '{  }'],
  ])('removes from %s', (text, key, expected) => {
    expect(splice(text, [{ kind: 'remove', key }])).toBe(expected);
  });

  it('refuses to remove what is not there', () => {
    expect(() => splice('{"a":1}', [{ kind: 'remove', key: 'z' }])).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });

  it('gives what editing the parsed object gives', () => {
    const json = fc
      .jsonValue({ maxDepth: 2, stringUnit: 'binary' })
      .filter((value) => !/"(__proto__|prototype)"/.test(JSON.stringify(value)))
      .map((value): Json => JSON.parse(JSON.stringify(value)));
    const key = fc
      .string({ unit: 'binary', maxLength: 6 })
      .filter((name) => !['__proto__', 'constructor', ''].includes(name));
    const cases = fc.tuple(
      fc.uniqueArray(fc.tuple(key, json, fc.constantFrom('keep', 'replace', 'rename'), json), {
        selector: ([name]) => name,
      }),
      fc.constantFrom(0, 1, '\t'),
      fc.option(json),
      fc.option(fc.nat(9)),
    );
    fc.assert(
      fc.property(cases, ([members, indent, extra, gone]) => {
        const bytes = bytesOf(JSON.stringify(Object.fromEntries(members), null, indent));
        const edits: Edit[] = [];
        const expected: Record<string, Json> = {};
        for (const [i, [name, value, change, next]] of members.entries()) {
          if (i === gone) {
            edits.push({ kind: 'remove', key: name });
            continue;
          }
          if (change === 'replace') edits.push({ kind: 'replace', key: name, value: next });
          if (change === 'rename') edits.push({ kind: 'rename', from: name, to: `renamed-${name}` });
          expected[change === 'rename' ? `renamed-${name}` : name] = change === 'replace' ? next : value;
        }
        if (extra !== null) {
          edits.push({ kind: 'append', key: 'appended', value: extra });
          expected['appended'] = extra;
        }
        const out = spliceBody(scanObject(bytes, []), edits);
        expect(JSON.parse(new TextDecoder().decode(out))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('spliceModel', () => {
  it.each<[what: string, text: string, path: readonly string[] | undefined, expected: string | null]>([
    ['a body', '{"id":"x","model":"up","n":1}', undefined, '{"id":"x","model":"asked","n":1}'],
    ['a pretty body', '{\n  "model" : "up"\n}\n', undefined, '{\n  "model" : "asked"\n}\n'],
    ['an event', 'data: {"model":"up"}\n\n', undefined, 'data: {"model":"asked"}\n\n'],
    ['an event without space', 'data:{"model":"up"}\r\n\r\n', undefined, 'data:{"model":"asked"}\r\n\r\n'],
    [
      'a named event',
      ': c\nevent: e\ndata: {"model":"up"}\n\n',
      undefined,
      ': c\nevent: e\ndata: {"model":"asked"}\n\n',
    ],
    ['an event behind a blank line', '\ndata: {"model":"up"}\n\n', undefined, '\ndata: {"model":"asked"}\n\n'],
    [
      'behind nested look-alikes',
      '{"a":{"model":"x","s":"\\"}"},"b":["model",{"model":1}],"c":-1.5,"model":"up"}',
      undefined,
      '{"a":{"model":"x","s":"\\"}"},"b":["model",{"model":1}],"c":-1.5,"model":"asked"}',
    ],
    [
      'nested in a response',
      'event: response.created\ndata: {"type":"response.created","response":{"id":1,"model":"up"}}\n\n',
      ['response', 'model'],
      'event: response.created\ndata: {"type":"response.created","response":{"id":1,"model":"asked"}}\n\n',
    ],
    [
      'nested in a message',
      'data: {"message":{"model":"up"}}\n\n',
      ['message', 'model'],
      'data: {"message":{"model":"asked"}}\n\n',
    ],
    ['an escaped name', '{"model":"a\\"b"}', undefined, '{"model":"asked"}'],
    ['equal already', '{"model":"asked"}', undefined, null],
    ['no model', '{"id":"model"}', undefined, null],
    ['nested only', '{"response":{"model":"up"}}', undefined, null],
    ['a model that is no string', '{"model":null}', undefined, null],
    ['the end marker', 'data: [DONE]\n\n', undefined, null],
    ['a comment', ': ping\n\n', undefined, null],
    ['no JSON', 'data: model\n\n', undefined, null],
    ['cut in front of the model', '{"id":"x', undefined, null],
    ['cut in the model', '{"id":"x","model":"u', undefined, null],
    ['nothing', '', undefined, null],
  ])('%s', (_what, text, path, expected) => {
    expect(textOf(spliceModel(bytesOf(text), 'asked', path))).toBe(expected);
  });

  it('writes names that need escapes or more than ASCII', () => {
    const out = textOf(spliceModel(bytesOf('{"model":"up"}'), 'modèle "x"\\'));
    expect(JSON.parse(out ?? '')).toEqual({ model: 'modèle "x"\\' });
    expect(spliceModel(bytesOf(out ?? ''), 'modèle "x"\\')).toBeNull();
  });

  it('agrees with parsing for every object and name', () => {
    const members = fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.jsonValue({ maxDepth: 3 }),
      { maxKeys: 5 },
    );
    fc.assert(
      fc.property(members, fc.string(), fc.string({ unit: 'grapheme' }), fc.nat(), (rest, old, model, position) => {
        const entries: [string, unknown][] = Object.entries(rest).filter(([key]) => key !== 'model');
        entries.splice(position % (entries.length + 1), 0, ['model', old]);
        const text = JSON.stringify(Object.fromEntries(entries));
        const out = spliceModel(bytesOf(text), model);
        expect(out === null).toBe(old === model);
        expect(JSON.parse(textOf(out) ?? text)).toEqual({ ...JSON.parse(text), model });
      }),
      { numRuns: 500 },
    );
  });

  it('survives arbitrary bytes', () => {
    const fragment = fc.array(fc.constantFrom('{', '}', '"model"', ':', '"', '\\', ',', '[', ']', 'data:', '\n', ' '), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fragment.map((parts) => bytesOf(parts.join(''))),
        ),
        (bytes) => {
          const out = spliceModel(bytes, 'm');
          expect(out === null || out.length > 0).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
