/** The difference between two configurations, as the log of a reload shows it. */
import { describe, expect, it } from 'vitest';
import { diffConfigs } from '../../../src/config/diff.ts';
import type { WholeConfig } from '../../../src/core/config.ts';
import { language, load, SOUND } from './fixture.ts';

function whole(text: string): WholeConfig {
  const result = load(text);
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.whole;
}

function diff(before: string, after: string): string[] {
  return diffConfigs(whole(before), whole(after), language.secrets);
}

const hash = (digit: string) => `sha256:${digit.repeat(64)}`;

describe('the difference', () => {
  it('is nothing for the same file', () => {
    expect(diff(SOUND, `# a remark\n${SOUND}`)).toEqual([]);
  });

  it('names what changed, came and went', () => {
    const after = `gateway: { grace: 5s, countries: [DE] }
keys: { app: { hash: "${hash('a')}" } }
${SOUND.replace('18100', '18200').replace('"*": {', 'chat: {')}`;
    expect(diff(SOUND, after)).toEqual([
      'backends.up.url: "http://127.0.0.1:18100/v1" -> "http://127.0.0.1:18200/v1"',
      'gateway.countries: [] -> ["DE"]',
      'gateway.grace: 30000 -> 5000',
      'keys: added',
      'models.*: removed',
      'models.chat: added',
    ]);
    expect(diff(after, SOUND)).toContain('keys: removed');
  });

  it('follows list entries by their id', () => {
    const rules = (list: string) => `rules: ${list}\n${SOUND}`;
    const two = rules('[{ id: a, match: x }, { id: b, match: y }]');
    expect(diff(two, rules('[{ id: a, match: z }, { id: b, match: y }]'))).toEqual(['rules.a.match: "x" -> "z"']);
    expect(diff(two, rules('[{ id: b, match: y }, { id: a, match: x }]'))).toEqual(['rules: reordered']);
    expect(diff(two, rules('[{ id: b, match: y }]'))).toEqual(['rules.a: removed']);
  });

  it('says that a secret changed and never which', () => {
    expect(diff(SOUND, SOUND.replace('sk-upstream', 'sk-other'))).toEqual(['backends.up.key: changed']);
    expect(diff(SOUND, SOUND.replace(', key: "sk-upstream"', ''))).toEqual(['backends.up.key: removed']);
  });

  it('shortens long values', () => {
    const zones = (word: string) =>
      `zones: { a: [${Array.from({ length: 40 }, (_, i) => word + i).join(', ')}] }\n${SOUND}`;
    const [line] = diff(zones('A'), zones('B'));
    expect(line).toMatch(/^zones\.a: \["A0".*… -> \["B0".*…$/);
    expect(line!.length).toBeLessThan(200);
  });
});
