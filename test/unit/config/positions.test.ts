/** Where findings point: through nesting, flow style, several lines, CRLF, a byte order mark, aliases and scalars. */
import { describe, expect, it } from 'vitest';
import { formatFindings } from '../../../src/config/format.ts';
import type { ConfigCheck, ConfigPath } from '../../../src/core/config.ts';
import { findingsOf, language, load, portsOf, SOUND } from './fixture.ts';

/** Places of all findings as `line:column code`. */
function places(text: string): string[] {
  return findingsOf(load(text)).map(({ line, column, code }) => `${line}:${column} ${code}`);
}

/** What the caret of one finding of a check stands under. */
function pointedAt(text: string, at: ConfigPath, more: { offset?: number; onKey?: boolean } = {}): string {
  const check: ConfigCheck = (_, report) => report.add({ at, code: 'here', message: 'here', ...more });
  const result = load(text, portsOf({ WORD: 'word' }), { ...language, checks: [check] });
  const [finding] = findingsOf(result);
  expect(finding?.code).toBe('here');
  const { text: line, from, length } = finding!.excerpt!;
  expect(line[from]).toBe(text.replace('\uFEFF', '').split(/\r?\n/)[finding!.line - 1]?.[finding!.column - 1]);
  return line.slice(from, from + length);
}

describe('places', () => {
  it('nested blocks', () => {
    expect(places(`gateway:\n  limits:\n    bdy: 1MiB\n${SOUND}`)).toEqual(['3:5 unknown-key']);
  });

  it('flow style over several lines', () => {
    expect(places(`{\n  "backends": {"up": {"provider": "ollama",\n    "modle": "*"}},\n  "models": {}\n}\n`)).toEqual([
      '3:5 unknown-key',
      '4:3 empty-value',
    ]);
  });

  it('lists of lists', () => {
    const text = SOUND.replace('{ backends: [up] }', '\n    backends:\n      - up\n      - id: up\n        wieght: 2');
    expect(places(text)).toEqual(['7:9 duplicate-backend', '8:9 unknown-key']);
  });

  it('CRLF and a byte order mark', () => {
    const text = `\uFEFFgateway:\r\n  grace: soon\r\n  open: maybe\r\n${SOUND.replaceAll('\n', '\r\n')}`;
    expect(places(text)).toEqual(['2:10 wrong-form', '3:9 wrong-type']);
    const shown = formatFindings(findingsOf(load(text)), { color: false });
    expect(shown).not.toContain('\r');
    expect(shown).toContain('2 |   grace: soon\n');
  });

  it('tabs stay tabs under the caret', () => {
    const [finding] = findingsOf(load(`{\n\t"gateway": { "open": 3 }, "backends": {}, "models": {}\n}\n`));
    expect(formatFindings([finding!], { color: false })).toContain('\n  | \t                     ^\n');
  });

  it('the anchor where an alias repeats it', () => {
    const text = `gateway:\n  timeouts: &slow { idle: long }\nbackends:\n  up: { provider: ollama, model: "*", timeouts: *slow }\nmodels: { "*": { backends: [up] } }\n`;
    expect(places(text)).toEqual(['2:27 wrong-form']);
  });

  it('crops long lines around the caret', () => {
    const long = `backends: { ${'x'.repeat(150)}: { provider: ollama, model: "*" }, up: { prvider: ollama, model: "*" } ${' '.repeat(90)}}\n`;
    const { excerpt } = findingsOf(load(long)).find(({ code }) => code === 'unknown-key')!;
    expect(excerpt!.text).toMatch(/^….*…$/);
    expect(excerpt!.text.length).toBeLessThanOrEqual(120);
    expect(excerpt!.text.slice(excerpt!.from, excerpt!.from + excerpt!.length)).toBe('prvider');
  });
});

describe('checks point at', () => {
  const zones = (value: string) => `zones:\n  a: [${value}]\n${SOUND}`;

  it('a scalar, its key, and the nearest place above what is not there', () => {
    expect(pointedAt(SOUND, ['backends', 'up', 'provider'])).toBe('openai-compatible');
    expect(pointedAt(SOUND, ['backends', 'up', 'provider'], { onKey: true })).toBe('provider');
    expect(pointedAt(SOUND, ['backends', 'up', 'url', 'x', 3])).toBe('url');
    expect(pointedAt(SOUND, ['backends', 'up', 'context'])).toBe('up');
    expect(pointedAt(SOUND, ['gateway', 'listen'])).toBe('b');
    expect(pointedAt(SOUND, [])).toBe('b');
  });

  it.each([
    ['plain', zones('request.tenent == x')],
    ['single quotes', zones("'it''s request.tenent'")],
    ['double quotes', zones('"\\u0022a\\x22\\n request.tenent"')],
    ['literal block', `zones:\n  a:\n    - |\n      one &&\n      request.tenent == 1\n${SOUND}`],
    ['folded block', `zones:\n  a:\n    - >-\n      one &&\n      request.tenent\n${SOUND}`],
    ['plain over lines', `zones:\n  a:\n    - one &&\n      request.tenent == 1\n${SOUND}`],
    ['beyond the first plane', zones('"🦊🦊 request.tenent"')],
  ])('an offset in %s', (_, text) => {
    let value = '';
    const spy: ConfigCheck = (whole) => void (value = Object.values(whole.zones.a ?? [])[0] as string);
    load(text, portsOf(), { ...language, checks: [spy] });
    const offset = value.indexOf('tenent');
    expect(offset).toBeGreaterThan(0);
    const at = ['zones', 'a', 0];
    const check: ConfigCheck = (_whole, report) => report.add({ at, code: 'here', message: 'here', offset });
    const [finding] = findingsOf(load(text, portsOf(), { ...language, checks: [check] }));
    const { text: line, from } = finding!.excerpt!;
    expect(line.slice(from)).toMatch(/^tenent/);
  });

  it('the whole scalar when its text came out of an expansion', () => {
    expect(pointedAt(zones('"${WORD} tenent"'), ['zones', 'a', 0], { offset: 5 })).toBe('"${WORD} tenent"');
  });
});
