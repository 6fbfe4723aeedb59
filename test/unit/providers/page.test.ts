/** The page about providers says what the catalogue says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../providers/index.ts';
import { renderProviders } from '../../../tools/docs/providers.ts';

describe('docs/providers.md', () => {
  it('is current; else: node tools/docs/providers.ts > docs/providers.md', () => {
    const committed = readFileSync(join(import.meta.dirname, '../../../docs/providers.md'), 'utf8');
    expect(committed).toBe(renderProviders(catalogue));
  });

  it('has every row with its source', () => {
    const page = renderProviders(catalogue);
    const absent = [...catalogue.values()].filter(
      (row) => !page.includes(`### \`${row.id}\``) || !page.includes(row.docs),
    );
    expect(absent).toEqual([]);
  });
});
