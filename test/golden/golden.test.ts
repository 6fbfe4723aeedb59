/** Golden translations of every pair through the block model, per dialect. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ChatProtocol } from '../../src/core/protocol.ts';
import { CLIENT_LANGUAGES } from '../conformance/crossing.ts';
import { goldenCases, translate } from '../conformance/golden.ts';

const folders = readdirSync(import.meta.dirname).filter((name) => name.includes('-to-'));

function language(id: string | undefined): ChatProtocol {
  const found = CLIENT_LANGUAGES.find((protocol) => protocol.id === id);
  if (found === undefined) throw new Error(`no client speaks ${id}`);
  return found;
}

it('has cases for every pair that is translated', () => {
  const pairs = CLIENT_LANGUAGES.flatMap(({ id }) => CLIENT_LANGUAGES.map((other) => [id, other.id] as const));
  const translated = pairs.filter(([from, to]) => from !== to).map(([from, to]) => `${from}-to-${to}`);
  expect(folders).toEqual(expect.arrayContaining(translated));
});

describe.each(folders)('%s', (folder) => {
  const [client, upstream] = folder.split('-to-').map(language);
  const cases = goldenCases(folder);

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(1);
  });

  it.for(cases)('$name', ({ golden }) => {
    expect(translate(golden, client!, upstream!)).toEqual(golden);
  });
});
