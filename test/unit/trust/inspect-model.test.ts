/** Inspecting a model on disk: in a thread, bounded, and only what was listed. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../../src/trust/node/inspect-model.ts';
import { HANDBOOK_FILE } from '../../../src/embedded/node/handbook.ts';
import { modelFolder } from './model-folder.ts';

const everything = { skip: () => false };

describe('inspectModel', () => {
  it('finds the model of this package sound', async () => {
    const { findings, weights } = await inspectModel(HANDBOOK_FILE, everything);
    expect(findings).toEqual([]);
    expect(weights).toMatchObject([{ file: 'handbook.gguf', format: 'gguf', architecture: 'qwen2' }]);
  });

  it('looks through a folder and leaves out what is skipped', async () => {
    const root = modelFolder({ 'config.json': '{"auto_map":{}}', 'sub/evil.py': '', 'x/pytorch_model.bin': '' });
    const { findings } = await inspectModel(root, { skip: (name) => name === 'x' });
    expect(findings.map(({ rule, file }) => [rule, file])).toEqual([
      ['remote-code', 'config.json'],
      ['code', 'sub/evil.py'],
      ['no-weights', '.'],
    ]);
  });

  it('refuses links as hashing does', async () => {
    const root = modelFolder();
    symlinkSync(HANDBOOK_FILE, join(root, 'm.gguf'));
    await expect(inspectModel(root, everything)).rejects.toMatchObject({ rule: 'symlink', file: 'm.gguf' });
  });

  it('gives up in time', async () => {
    const { findings } = await inspectModel(HANDBOOK_FILE, { ...everything, timeoutMs: 0 });
    expect(findings.map(({ rule, level }) => [rule, level])).toEqual([['not-finished', 'refuse']]);
  });
});
