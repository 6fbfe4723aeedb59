/** Expansion: syntax, types, secrets, and that nothing of a value is echoed. */
import { describe, expect, it } from 'vitest';
import { expandText, isWhollyExpansion, parseTemplate } from '../../../src/config/expand.ts';
import { isReference, redactSecrets, resolveSecret, SecretError } from '../../../src/config/secret.ts';
import { findingsOf, load, portsOf, SOUND } from './fixture.ts';

const ports = portsOf({ A: 'alpha', EMPTY: '', N: '42' }, { 'key.txt': 'from file\n', 'two.txt': 'a\nb\r\n' });

describe('one scalar', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['${A}', 'alpha'],
    ['<${A}/${A}>', '<alpha/alpha>'],
    ['${NONE:-other}', 'other'],
    ['${NONE:-}', ''],
    ['${EMPTY:-other}', 'other'],
    ['${EMPTY}', ''],
    ['${A:-other}', 'alpha'],
    ['${file:key.txt}', 'from file'],
    ['${file:two.txt}', 'a\nb'],
    ['$${A}', '${A}'],
    ['$$${A}', '$${A}'],
    ['$A $', '$A $'],
    ['a}b', 'a}b'],
  ])('%s', (text, expected) => {
    expect(expandText(text, ports)).toEqual({ ok: true, text: expected });
  });

  it.each([
    ['x${NONE}', 'missing-variable', 1],
    ['${file:none}', 'missing-file', 0],
    ['ab${', 'bad-expansion', 2],
    ['${1A}', 'bad-expansion', 0],
    ['${A:-${B}}', 'bad-expansion', 0],
    ['${A:default}', 'bad-expansion', 0],
    ['${}', 'bad-expansion', 0],
  ])('%s is refused', (text, code, offset) => {
    expect(expandText(text, ports)).toMatchObject({ ok: false, fault: { code, offset } });
  });

  it('knows what is nothing but an expansion', () => {
    expect(['${A}', '${file:x}', '${A:-b}', 'x${A}', '${A}${A}', '$${A}', 'x'].filter(isWhollyExpansion)).toEqual([
      '${A}',
      '${file:x}',
      '${A:-b}',
    ]);
    expect(parseTemplate('a${B:-c}')).toEqual({
      ok: true,
      parts: [
        { kind: 'text', text: 'a' },
        { kind: 'variable', name: 'B', fallback: 'c' },
      ],
    });
  });
});

describe('types after expansion', () => {
  const open = (value: string, text: string) => {
    const result = load(`gateway:\n  open: ${value}\n${SOUND}`, portsOf({ V: text }));
    return result.ok ? result.whole.gateway.open : findingsOf(result).map(({ code, fix }) => `${code}: ${fix}`);
  };
  const context = (value: string, text: string) => {
    const file = `backends:\n  up:\n    provider: ollama\n    model: m\n    context: ${value}\nmodels: { m: { backends: [up] } }\n`;
    const result = load(file, portsOf({ V: text }));
    return result.ok ? result.whole.backends.up!.context : findingsOf(result).map(({ code }) => code);
  };

  it('a plain scalar becomes what it says', () => {
    expect(open('${V}', 'true')).toBe(true);
    expect(open('${NONE:-false}', '')).toBe(false);
    expect(context('${V}', '65536')).toBe(65536);
    expect(context('${V}', '0x100')).toBe(256);
  });

  it('quotes and company keep text', () => {
    expect(open('"${V}"', 'true')).toEqual(['wrong-type: write true or false']);
    expect(context('"${V}"', '1')).toEqual(['wrong-type']);
    expect(context('1${V}', '2')).toEqual(['wrong-type']);
    expect(context('${V}', 'yes')).toEqual(['wrong-type']);
  });
});

describe('secrets', () => {
  const withKey = (key: string) => SOUND.replace('"sk-upstream"', key);

  it('stay as they were written', () => {
    const result = load(withKey('"${A:-none}"'), ports);
    expect(result.ok && result.whole.backends.up!.key).toBe('${A:-none}');
    const literal = load(SOUND);
    expect(literal.ok && literal.whole.backends.up!.key).toBe('sk-upstream');
  });

  it('are resolved where they are used', () => {
    expect(resolveSecret('${A}', ports).reveal()).toBe('alpha');
    expect(resolveSecret('Token ${file:key.txt}', ports).reveal()).toBe('Token from file');
    expect(resolveSecret('sk-$${x', ports).reveal()).toBe('sk-${x');
    expect(String(resolveSecret('${A}', ports))).toBe('[redacted]');
    expect(() => resolveSecret('${NONE}', ports)).toThrow(new SecretError('the environment variable NONE is not set'));
    expect(() => resolveSecret('${EMPTY}', ports)).toThrow(SecretError);
  });

  it('for a worker are neither looked up nor built in', () => {
    const worker = { ...portsOf(), target: 'worker' } as const;
    expect(load(withKey('"${UP_KEY}"'), worker).ok).toBe(true);
    expect(findingsOf(load(withKey('"${UP_KEY:-sk-1}"'), worker)).map(({ code }) => code)).toEqual(['literal-secret']);
  });

  it('written out can be told from references', () => {
    expect(['${A}', '${file:a}', '${A:-}', '${A:-x}', 'x', 'x${A}'].map(isReference)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    const tree = { a: [{ key: 'sk-1' }, { key: '${A}' }], key: 'kept' };
    expect(redactSecrets(tree, [['a', '*', 'key']])).toEqual({
      a: [{ key: '[redacted]' }, { key: '${A}' }],
      key: 'kept',
    });
  });
});
