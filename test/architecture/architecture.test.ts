/** The rules of the house hold for every source of this repository, and the check that says so can see. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkArchitecture, RULES } from '../../tools/architecture/check.ts';
import { formatCounts, formatViolations } from '../../tools/architecture/print.ts';
import { readDependencies, readSources } from '../../tools/architecture/sources.ts';
import { PLANTED_FAULTS, SOUND_HOUSE } from './planted-faults.ts';

const root = join(import.meta.dirname, '../..');
const dependencies = ['hono', 'undici', 'ioredis', 'zod', 'yaml', 'commander'];

describe('this repository', () => {
  const { violations, counts } = checkArchitecture(readSources(root), readDependencies(root));

  it('was really looked at', () => {
    process.stdout.write(`${formatCounts(counts)}\nfaults     ${PLANTED_FAULTS.length} planted\n`);
    expect(counts.houseModules).toBeGreaterThan(0);
    expect(counts.modules).toBeGreaterThan(counts.houseModules);
    expect(counts.imports).toBeGreaterThan(counts.modules);
    expect(counts.exports).toBeGreaterThan(0);
    expect(counts.functions.count).toBeGreaterThan(0);
  });

  it('keeps every rule of the house', () => {
    expect(formatViolations(violations)).toBe('');
  });

  it('documents every export', () => {
    expect(counts.documentedExports).toBe(counts.exports);
  });
});

describe('the check itself', () => {
  it('has a planted fault for every rule', () => {
    const planted = new Set(PLANTED_FAULTS.map(({ rule }) => rule));
    expect(RULES.map(({ id }) => id).filter((id) => !planted.has(id))).toEqual([]);
  });

  it.each(PLANTED_FAULTS)('sees $rule: $name', ({ rule, path, sources }) => {
    const { violations } = checkArchitecture(sources, dependencies);
    expect([...new Set(violations.map((violation) => violation.rule))]).toEqual([rule]);
    expect(violations.every((violation) => violation.path === path || violation.path === 'the house')).toBe(true);
  });

  it('finds nothing in a sound house', () => {
    expect(formatViolations(checkArchitecture(SOUND_HOUSE, dependencies).violations)).toBe('');
  });

  it('ends each violation with a place and a message', () => {
    const { violations } = checkArchitecture({ 'src/core/chat.ts': '/** A. */\n\nlet a: any;\n' }, dependencies);
    expect(formatViolations(violations)).toBe('src/core/chat.ts:3 any: any; say unknown and narrow it\n');
  });
});
