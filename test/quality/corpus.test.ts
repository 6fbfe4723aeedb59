/** The handbook model's corpus: large enough, short answers, and no name in it that does not exist. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogue } from '../../providers/index.ts';
import { language } from '../../src/cli/configuration.ts';
import { ERROR_ROWS } from '../../src/core/error-codes.ts';
import { unknownNames } from './known-names.ts';

interface Entry {
  readonly answer: string;
  readonly ask?: string;
  readonly [shape: string]: unknown;
}

const folder = join(import.meta.dirname, '../../tools/handbook-model/corpus');
const entries = globSync('0*.yaml', { cwd: folder }).flatMap((file): Entry[] =>
  parse(readFileSync(join(folder, file), 'utf8')),
);
const linesOf = (text: string | undefined): string[] => (text ?? '').split('\n').filter((line) => line.trim() !== '');
const named = (shape: string): unknown[] =>
  entries.flatMap((entry) => (entry[shape] === undefined ? [] : [entry[shape]]));

describe('the corpus of the handbook model', () => {
  it('has four hundred answers, each short and each with several ways to ask for it', () => {
    expect(entries.length).toBeGreaterThanOrEqual(400);
    expect(entries.filter(({ answer }) => answer.length > 320)).toEqual([]);
    const seldom = entries.filter(
      ({ answer: _, ask, ...shape }) => linesOf(ask).length < 4 && Object.keys(shape).length === 0,
    );
    expect(seldom).toEqual([]);
  });

  it('gives every question one answer', () => {
    const asked = entries.flatMap(({ ask, answer }) =>
      linesOf(ask).map((line) => ({ question: line.trim().toLowerCase(), answer })),
    );
    const answers = new Map(asked.map(({ question, answer }) => [question, answer]));
    expect(asked.filter(({ question, answer }) => answers.get(question) !== answer)).toEqual([]);
  });

  it('names only commands, flags, keys, codes, headers, metrics and vendors that exist', () => {
    expect(entries.flatMap(({ answer }) => unknownNames(answer).map((name) => `${name} in: ${answer}`))).toEqual([]);
  });

  it('would notice an invented name', () => {
    const invented = [
      '`thalweg deploy`',
      '`thalweg check --fix`',
      '`gateway.cache`',
      '`timeouts: { read: 5s }`',
      '`provider: acme`',
    ];
    const others = [
      '`bad-luck`',
      '`x-thalweg-mood`',
      '`thalweg_luck_total`',
      '`pick: random`',
      "`match: 'request.mood'`",
      'use --fast',
    ];
    const texts = [...invented, ...others];
    expect(texts.filter((text) => unknownNames(text).length === 1)).toEqual(texts);
  });

  it('speaks of most of what there is: error codes, vendors, sections', () => {
    const have = { code: Object.keys(ERROR_ROWS), provider: [...catalogue.keys()], key: Object.keys(language.schemas) };
    for (const [shape, names] of Object.entries(have)) {
      const spoken = new Set(named(shape).map((name) => String(name).split('.')[0]));
      const missing = names.filter((name) => !spoken.has(name));
      if (missing.length > 0) console.log(`${shape}: not in the corpus yet: ${missing.join(', ')}`);
      expect(missing.length).toBeLessThanOrEqual(0.2 * names.length);
    }
  });
});
