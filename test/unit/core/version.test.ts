/** The version is written down twice, because no runtime but Node can read package.json: both must agree. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../../src/core/version.ts';

describe('VERSION', () => {
  it('is the version of package.json', () => {
    const about = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as object;
    expect(about).toMatchObject({ name: 'thalweg', version: VERSION });
  });
});
