/** Laws of loading over many files: nothing leaks, nothing throws, order does not matter, and it is quick. */
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/config/canonical.ts';
import { findingsToJson, formatFindings } from '../../../src/config/format.ts';
import { createLanguage } from '../../../src/sections.ts';
import { catalogue, findingsOf, load, portsOf, SOUND } from './fixture.ts';

const language = createLanguage(catalogue);
const examples = join(import.meta.dirname, '../../../examples');
const FILES = readdirSync(examples)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(examples, name), 'utf8'));
const CANARY = 'canary-7f3a91c2';

/** Every scalar of the file that may be replaced, as [start, end] of its text. */
function scalarsOf(text: string): [number, number][] {
  const found: [number, number][] = [];
  for (const match of text.matchAll(/(?<=[:[,] )(?:"[^"\n]*"|[^\s"{[\]},#][^\n,\]}#]*)/g)) {
    found.push([match.index, match.index + match[0].length]);
  }
  return found;
}

describe('loading', () => {
  it('never shows what came out of a variable or a file', () => {
    // A default is part of the file: it may stand in the source line, never in a message.
    const sources = ['"${CANARY}"', '${CANARY}', '"x-${CANARY}"', '"${file:canary}"', `"\${NONE:-${CANARY}}"`];
    const ports = portsOf({ CANARY }, { canary: `${CANARY}\n` });
    let checked = 0;
    for (const text of FILES) {
      for (const [start, end] of scalarsOf(text)) {
        const source = sources[checked++ % sources.length]!;
        const shown = findingsOf(load(text.slice(0, start) + source + text.slice(end), ports, language));
        const printed = JSON.stringify(findingsToJson(shown)) + formatFindings(shown, { color: false });
        expect(printed.replaceAll(`:-${CANARY}`, '')).not.toContain(CANARY);
      }
    }
    expect(checked).toBeGreaterThan(100);
  });

  it('never shows a secret that is written out, however broken the file', () => {
    const written = `backends:\n  up: { provider: ollama, model: "*", key: ${CANARY}, contxt: 5 }\nmodels:\n  "*": { backends: [up] }\n`;
    fc.assert(
      fc.property(
        fc.nat(written.length),
        fc.constantFrom('{', '}', '[', ']', '"', "'", ':', '\t', '&', '*', '@', '\n', ' '),
        (at, char) => {
          // A change inside the secret or its field's name makes it another text.
          const from = written.indexOf('key:');
          const cut = at > from && at < from + 5 + CANARY.length ? from : at;
          const shown = findingsOf(load(written.slice(0, cut) + char + written.slice(cut), portsOf(), language));
          expect(formatFindings(shown, { color: false })).not.toContain(CANARY);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never throws, whatever was done to a file', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('{', '}', '[', ']', ': ', '- ', '\n', '&a ', '*a', '${', '"', '|', '%', '!!', '<<: '),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...FILES),
        fc.array(fc.tuple(fc.nat(), fc.nat(12), piece), { minLength: 1, maxLength: 4 }),
        (file, edits) => {
          let text = file;
          for (const [at, length, insert] of edits) {
            const start = at % (text.length + 1);
            text = text.slice(0, start) + insert + text.slice(start + length);
          }
          const result = load(text, portsOf({ OPENAI_API_KEY: 'k' }), language);
          for (const { line, column, excerpt } of findingsOf(result)) {
            expect(line).toBeGreaterThan(0);
            expect(column).toBeGreaterThan(0);
            expect(excerpt?.from ?? 0).toBeLessThanOrEqual(excerpt?.text.length ?? 0);
          }
        },
      ),
      { numRuns: 120 },
    );
  });

  it('takes bytes that are not a configuration at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(load(text, portsOf(), language).ok).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the canonical form', () => {
  it('does not depend on the order of keys', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.double({ noNaN: true }),
        fc.boolean(),
        tie('map'),
        fc.array(tie('any'), { maxLength: 4 }),
      ),
      map: fc.dictionary(fc.string({ maxLength: 5 }), tie('any'), { maxKeys: 5 }),
    })).map;
    const reversed = (tree: unknown): unknown => {
      if (Array.isArray(tree)) return tree.map(reversed);
      if (typeof tree !== 'object' || tree === null) return tree;
      return Object.fromEntries(
        Object.entries(tree)
          .reverse()
          .map(([key, field]) => [key, reversed(field)]),
      );
    };
    fc.assert(fc.property(value, (tree) => void expect(canonicalJson(reversed(tree))).toBe(canonicalJson(tree))));
    fc.assert(
      fc.property(
        value,
        (tree) => void expect(JSON.parse(canonicalJson(tree))).toEqual(JSON.parse(JSON.stringify(tree))),
      ),
    );
  });

  it('leaves out what is absent and keeps lists in order', () => {
    expect(canonicalJson({ b: [2, 1, { d: undefined, c: null }], a: 'é"' })).toBe('{"a":"é\\"","b":[2,1,{"c":null}]}');
  });

  it('is the same for two ways of writing a file', () => {
    const block =
      'models:\n  "*":\n    backends:\n      - id: up\nbackends:\n  up:\n    key: sk-upstream\n    model: "*"\n    url: http://127.0.0.1:18100/v1\n    provider: openai-compatible\n';
    const [one, other] = [load(SOUND, portsOf(), language), load(block, portsOf(), language)];
    expect(one.ok && other.ok && canonicalJson(one.whole) === canonicalJson(other.whole)).toBe(true);
  });
});

it('loads 200 lines in little more than reading their YAML takes', () => {
  const lines = ['backends:'];
  for (let i = 0; i < 120; i++)
    lines.push(`  b${i}: { provider: ollama, model: "*", facts: { operator.country: DE }, timeouts: { idle: 5s } }`);
  lines.push('models:');
  for (let i = 0; i < 78; i++)
    lines.push(`  m${i}: { backends: [b${i}, { id: b${i + 1}, weight: 2 }], pick: weighted }`);
  const text = lines.join('\n');
  expect(text.split('\n').length).toBe(200);
  // Processor time of both in turn, because the machine may be busy with something else.
  const cpuOf = (work: () => void): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const ratios = Array.from({ length: 8 }, () => {
    const parsing = cpuOf(() => expect(parseDocument(text).errors).toEqual([]));
    return cpuOf(() => expect(load(text, portsOf(), language).ok).toBe(true)) / parsing;
  });
  console.log(`a load takes ${Math.min(...ratios).toFixed(1)} times its YAML`);
  expect(Math.min(...ratios)).toBeLessThan(4);
});
