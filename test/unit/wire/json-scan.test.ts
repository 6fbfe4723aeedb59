/** The scan of a request body: what it accepts is what JSON.parse accepts, and what policy relies on is never ambiguous. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGatewayError } from '../../../src/core/gateway-error.ts';
import { parseUnique, scanObject } from '../../../src/wire/json-scan.ts';

const POLICY_KEYS = ['model', 'messages', 'stream', 'stream_options', 'max_tokens', 'user'];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const scan = (text: string): ReturnType<typeof scanObject> => scanObject(bytesOf(text), POLICY_KEYS);

function codeOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return isGatewayError(error) ? error.code : String(error);
  }
}

/** What JSON.parse makes of the bytes as one object; null = refused. */
function parsed(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

describe('what is refused', () => {
  it.each([
    ['an empty body', ''],
    ['white space', ' \n'],
    ['a scalar', '1'],
    ['a string', '"{}"'],
    ['an array', '[{}]'],
    ['NaN', '{"a":NaN}'],
    ['Infinity', '{"a":-Infinity}'],
    ['a comment', '{"a":1/* x */}'],
    ['a line comment', '{"a":1 // x\n}'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['a trailing comma in an array', '{"a":[1,]}'],
    ['a missing value in an array', '{"a":[,1]}'],
    ['two documents', '{"a":1}{"b":2}'],
    ['two documents, two lines', '{"a":1}\n{"b":2}'],
    ['garbage behind', '{"a":1}x'],
    ['a NUL behind', '{"a":1}\0'],
    ['an open object', '{"a":1'],
    ['an open array', '{"a":[1'],
    ['an open string', '{"a":"b'],
    ['a string that ends in a backslash', '{"a":"b\\'],
    ['crossed brackets', '{"a":[1}]'],
    ['single quotes', "{'a':1}"],
    ['a bare key', '{a:1}'],
    ['a missing colon', '{"a" 1}'],
    ['a missing comma', '{"a":1 "b":2}'],
    ['an unknown escape', '{"a":"\\x"}'],
    ['a short \\u escape', '{"a":"\\u12"}'],
    ['a bad \\u escape', '{"a":"\\u12g4"}'],
    ['a line feed in a string', '{"a":"long enough to take words\n"}'],
    ['a tab in a key', '{"\t":1}'],
    ['a leading zero', '{"a":01}'],
    ['a plus sign', '{"a":+1}'],
    ['a bare minus', '{"a":-}'],
    ['a fraction without digits', '{"a":1.}'],
    ['a fraction without integer', '{"a":.5}'],
    ['an exponent without digits', '{"a":1e+}'],
    ['a hexadecimal number', '{"a":0x1}'],
    ['a cut literal', '{"a":tru}'],
    ['a literal in capitals', '{"a":True}'],
    ['a no-break space', '{"a":\u00a01}'],
    ['two byte order marks', '\uFEFF\uFEFF{}'],
  ])('%s', (_what, text) => {
    expect(() => scan(text)).toThrow(expect.objectContaining({ code: 'bad-json', status: 400 }));
    expect(parsed(bytesOf(text))).toBeNull();
  });

  it('says where and what', () => {
    expect(() => scan('{\n "model": "m",\n "a": NaN }')).toThrow(
      'expected a value, found "N" at byte 23 (line 3, column 7)',
    );
    expect(() => scan('{"a":1')).toThrow('expected "," or "}", found the end at byte 6 (line 1, column 7)');
    expect(() => scan('{"a":"\u0001"}')).toThrow('no control character in a string, found byte 1 at byte 6');
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a cut sequence', [0xe4, 0xbd]],
    ['beyond Unicode', [0xf5, 0x80, 0x80, 0x80]],
  ])('invalid UTF-8: %s', (_what, bad) => {
    for (const before of ['{"a":"', '{"a":"some text in front of it: ', `{"a":"${'far from both ends '.repeat(20)}`]) {
      const bytes = new Uint8Array([
        ...bytesOf(before),
        ...bad,
        ...bytesOf(' and enough text behind it to be read by words"}'),
      ]);
      expect(codeOf(() => scanObject(bytes, POLICY_KEYS))).toBe('bad-json');
    }
  });

  it.each([
    ['an array', (n: number) => `{"a":${'['.repeat(n)}${']'.repeat(n)}}`],
    ['an object', (n: number) => `{"a":${'{"b":'.repeat(n - 1)}{}${'}'.repeat(n - 1)}}`],
  ])('more than 64 levels of %s', (_what, nest) => {
    expect(codeOf(() => scan(nest(63)))).toBeNull();
    expect(codeOf(() => scan(nest(64)))).toBe('too-deep');
    expect(codeOf(() => scan(nest(100_000)))).toBe('too-deep');
    expect(codeOf(() => scanObject(bytesOf(nest(2)), [], { maxDepth: 2 }))).toBe('too-deep');
  });

  it.each([
    ['{"__proto__":{}}', '__proto__'],
    ['{"a":[{"b":{"__proto__":1}}]}', '__proto__'],
    ['{"a":{"__\\u0070roto__":1}}', '__proto__'],
    ['{"a":{"constructor":{"x":1,"prototype":{}}}}', 'constructor.prototype'],
    ['{"constructor":{"prot\\u006ftype":{}}}', 'constructor.prototype'],
    ['{"c\\u006fnstructor":{"prototype":{}}}', 'constructor.prototype'],
  ])('the forbidden key in %s', (text, where) => {
    expect(() => scan(text)).toThrow(expect.objectContaining({ code: 'forbidden-key', where }));
  });

  it.each([
    '{"a":"__proto__"}',
    '{"constructor":1}',
    '{"prototype":1}',
    '{"constructor":{"a":{"prototype":1}}}',
    '{"proto":1}',
  ])('but not %s', (text) => {
    expect(codeOf(() => scan(text))).toBeNull();
  });

  it('more top-level keys than the limit', () => {
    const keys = (n: number): string => `{${Array.from({ length: n }, (_, i) => `"k${i}":0`).join()}}`;
    expect(scan(keys(512)).keys).toHaveLength(512);
    expect(codeOf(() => scan(keys(513)))).toBe('request-too-large');
    expect(codeOf(() => scanObject(bytesOf(keys(3)), [], { maxKeys: 2 }))).toBe('request-too-large');
    const started = performance.now();
    expect(codeOf(() => scan(keys(1_000_000)))).toBe('request-too-large');
    expect(codeOf(() => scan(`{"a":[${'{},'.repeat(1_000_000)}{}]}`))).toBeNull();
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('ambiguous keys', () => {
  it.each([
    ['twice', '{"model":"a","model":"b"}', 'model'],
    ['twice, far apart', '{"model":"a","x":[{"model":1}],"model":"a"}', 'model'],
    ['in capitals beside it', '{"model":"a","Model":"b"}', 'model'],
    ['in capitals alone', '{"MESSAGES":[]}', 'messages'],
    ['escaped beside it', '{"\\u006dodel":"b","model":"a"}', 'model'],
    ['escaped alone', '{"m\\u006Fdel":"b"}', 'model'],
    ['escaped and in capitals', '{"\\u004dodel":"b"}', 'model'],
    ['with the long s that Go folds', '{"meſſages":[]}', 'messages'],
    ['with an escaped long s', '{"u\\u017Fer":1}', 'user'],
    ['with the Kelvin sign that Go folds', '{"max_to\u212Aens":1}', 'max_tokens'],
    ['a key that policy does not read, twice', '{"seed":1,"seed":2}', 'seed'],
    ['a key that policy does not read, twice by escape', '{"seed":1,"se\\u0065d":2}', 'seed'],
  ])('%s', (_what, text, where) => {
    expect(() => scan(text)).toThrow(expect.objectContaining({ code: 'duplicate-key', where }));
  });

  it.each([
    '{"a":{"model":1,"model":2},"model":"m"}',
    '{"seed":1,"Seed":2}',
    '{"s\\u0065ed":1}',
    '{"models":1,"model ":2}',
  ])('are not in %s', (text) => {
    expect(codeOf(() => scan(text))).toBeNull();
  });

  it('are always found, wherever the second spelling stands', () => {
    const spelling = fc.constantFrom(...POLICY_KEYS).chain((key) =>
      fc
        .array(fc.constantFrom('plain', 'capital', 'escape'), { minLength: key.length, maxLength: key.length })
        .map((ways) => ({
          key,
          spelled: [...key]
            .map((c, i) => {
              if (ways[i] === 'capital') return c.toUpperCase();
              return ways[i] === 'escape' ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c;
            })
            .join(''),
        })),
    );
    const harmless = fc
      .jsonValue({ maxDepth: 2 })
      .filter((value) => !/"(__proto__|prototype)"/.test(JSON.stringify(value)));
    const others = fc.dictionary(fc.stringMatching(/^x[a-z]{0,5}$/), harmless, { maxKeys: 4 });
    fc.assert(
      fc.property(spelling, others, fc.nat(), fc.nat(), ({ key, spelled }, rest, i, j) => {
        const members = Object.entries(rest).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
        members.splice(i % (members.length + 1), 0, `"${spelled}":1`);
        const alone = codeOf(() => scan(`{${members.join()}}`));
        expect(alone).toBe(spelled === key ? null : 'duplicate-key');
        members.splice(j % (members.length + 1), 0, `"${key}":2`);
        expect(codeOf(() => scan(`{${members.join()}}`))).toBe('duplicate-key');
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is accepted', () => {
  it('is described by ranges, keys and values', () => {
    const text =
      ' {"model" : "gpt-4o",\n"stream":true,"max_tokens":1e999,"n":-0.5E-2,"":null, "stop":["\\"",""],"é":"ü"} \n';
    const found = scan(text);
    expect(found.keys).toEqual(['model', 'stream', 'max_tokens', 'n', '', 'stop', 'é']);
    expect(found.value('model')).toBe('gpt-4o');
    expect(found.value('stream')).toBe(true);
    expect(found.value('max_tokens')).toBe(Infinity);
    expect(found.value('stop')).toEqual(['"', '']);
    expect(found.value('é')).toBe('ü');
    expect(found.value('temperature')).toBeUndefined();
    expect([found.has('n'), found.has('N')]).toEqual([true, false]);
    expect(found.range('temperature')).toBeNull();
    const [start = 0, end = 0] = found.range('model') ?? [];
    expect(text.slice(start, end)).toBe('"gpt-4o"');
    const [keyStart = 0, keyEnd = 0] = found.keyRange('model') ?? [];
    expect(text.slice(keyStart, keyEnd)).toBe('"model"');
    expect(found.body[found.end]).toBe(0x7d);
  });

  it('loses its byte order mark', () => {
    const found = scan('\uFEFF{"model":"m"}');
    expect(found.body).toEqual(bytesOf('{"model":"m"}'));
    expect(found.range('model')).toEqual([9, 12]);
  });

  it('may hold lone surrogates as escapes: the field that takes them judges them', () => {
    expect(scan('{"a":"\\ud800"}').value('a')).toBe('\ud800');
  });
});

const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }));
const spaced = fc
  .tuple(object, fc.constantFrom(0, 1, '\t', '\r\n'))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

/** JSON texts with a few bytes changed, dropped, doubled or put in: mostly broken, in ways that a writer of JSON would not think of. */
const mutated = fc
  .tuple(
    spaced,
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom('set', 'drop', 'insert', 'copy'),
        fc.constantFrom(...bytesOf('{}[]",:\\/ue0123-+.Etn \n\0é\x7f')),
      ),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  )
  .map(([text, edits]) => {
    const bytes = [...bytesOf(text)];
    for (const [position, how, byte] of edits) {
      const at = position % (bytes.length + 1);
      if (how === 'set') bytes[Math.min(at, bytes.length - 1)] = byte;
      else if (how === 'drop') bytes.splice(at, 1);
      else if (how === 'insert') bytes.splice(at, 0, byte);
      else bytes.splice(at, 0, ...bytes.slice(at, at + 3));
    }
    return new Uint8Array(bytes);
  });
const tokens = fc
  .array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"b"',
      '1',
      '-0',
      '1.5e3',
      'true',
      'null',
      ' ',
      '"\\u00e9"',
      '"\\',
    ),
    { maxLength: 14 },
  )
  .map((parts) => bytesOf(`{"k":${parts.join('')}`));

describe('against JSON.parse', () => {
  /** The bytes at every alignment, and with white space behind them that makes the scan read words. */
  const shifted = (bytes: Uint8Array, by: number): Uint8Array => {
    const length = bytes.length + (by >= 4 ? 256 : 0);
    const room = new Uint8Array(length + 8).fill(0x22);
    room.fill(0x20, by, by + length);
    room.set(bytes, by);
    return room.subarray(by, by + length);
  };

  it('accepts the same bytes', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, tokens, spaced.map(bytesOf), fc.uint8Array()), fc.nat(7), (bytes, by) => {
        const code = codeOf(() => scanObject(shifted(bytes, by), []));
        fc.pre(code !== 'duplicate-key' && code !== 'forbidden-key');
        expect(code).toBe(parsed(bytes) === null ? 'bad-json' : null);
      }),
      { numRuns: 3000 },
    );
  });

  it('finds the same keys and values', () => {
    fc.assert(
      fc.property(spaced, fc.nat(7), (text, by) => {
        const bytes = shifted(bytesOf(text), by);
        const expected = parsed(bytes) ?? {};
        if (codeOf(() => scanObject(bytes, [])) === 'forbidden-key') return;
        const found = scanObject(bytes, []);
        expect([...found.keys].sort()).toEqual(Object.keys(expected).sort());
        for (const key of found.keys) {
          const [start = 0, end = 0] = found.range(key) ?? [];
          expect(JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end)))).toEqual(
            expected[key],
          );
          expect(found.value(key)).toEqual(expected[key]);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseUnique', () => {
  const unique = (text: string): unknown => parseUnique(bytesOf(`  ${text}  `), 2, 2 + bytesOf(text).length);

  it('parses a value in which no object has a key twice', () => {
    const text = '{"a":[{"b":1},{"b":2}],"b":{"a":"é"}}';
    expect(unique(text)).toEqual(JSON.parse(text));
    expect(unique('true')).toBe(true);
    expect(unique('"x"')).toBe('x');
  });

  it.each(['{"a":1,"a":2}', '{"b":[{"a":1,"a":1}]}', '[{"x":{"a":1,"\\u0061":2}}]'])('refuses %s', (text) => {
    expect(() => unique(text)).toThrow(expect.objectContaining({ code: 'duplicate-key', where: 'a' }));
  });

  it('refuses what is not one value', () => {
    expect(codeOf(() => unique('{"a":1} 2'))).toBe('bad-json');
  });
});
