/** The model that Thalweg brings along is served only as the bytes that the project signed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHandbookEngine, HANDBOOK_FILE, readHandbook } from '../../../src/embedded/node/handbook.ts';
import { PROJECT_KEY, verifyProjectModel } from '../../../src/trust/project-model.ts';
import { embedModels } from '../../../src/worker.ts';
import { makeKey, publicPem } from '../../support/certificates.ts';
import { makeFolder } from '../../support/folder.ts';
import { hasHandbook } from '../../support/handbook.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A copy with one bit turned in the middle. */
function flipped(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  copy[copy.length >> 1]! ^= 1;
  return copy;
}

describe('the key of the project', () => {
  it('is the one that lies beside the models', () => {
    expect(readFileSync(join(ROOT, 'models/project-key.pub'), 'utf8')).toBe(PROJECT_KEY);
  });
});

describe.skipIf(!hasHandbook)('the handbook model', () => {
  it('is the file that the project signed: after training, sign again (tools/handbook-model/README.md)', async () => {
    await expect(verifyProjectModel(await readHandbook())).resolves.toBeUndefined();
  });

  it('is refused with one byte changed, under another name, or by another key', async () => {
    const signed = await readHandbook();
    const refused = (rule: string) => expect.objectContaining({ rule });
    await expect(verifyProjectModel({ ...signed, model: flipped(signed.model) })).rejects.toEqual(
      refused('files-differ'),
    );
    await expect(verifyProjectModel({ ...signed, name: 'other.gguf' })).rejects.toEqual(refused('files-differ'));
    await expect(verifyProjectModel(signed, publicPem(makeKey()))).rejects.toEqual(refused('key-hint-mismatch'));
    const text = Buffer.from(signed.signature).toString();
    const signature = Buffer.from(text.replace(/"payload":"(....)/, '"payload":"AAAA'));
    await expect(verifyProjectModel({ ...signed, signature })).rejects.toEqual(refused('signature-invalid'));
  });

  it('is not loaded on Node with one byte changed, nor without its signature', async () => {
    const { model, signature } = await readHandbook();
    const file = join(makeFolder(), 'handbook.gguf');
    writeFileSync(file, flipped(model));
    await expect(createHandbookEngine(verifyProjectModel, file).load()).rejects.toMatchObject({ code: 'missing' });
    writeFileSync(`${file}.sig`, signature);
    await expect(createHandbookEngine(verifyProjectModel, file).load()).rejects.toMatchObject({ rule: 'files-differ' });
    writeFileSync(file, model);
    const engine = createHandbookEngine(verifyProjectModel, file);
    expect(await engine.load()).toMatchObject({ parameters: expect.any(Number) });
    await engine.close();
  });

  it('is not embedded into a worker with one byte changed', async () => {
    const { model, signature } = await readHandbook();
    const ports = { clock: { now: Date.now, tick: Date.now, after: () => ({ cancel: () => undefined }) } };
    const random = { next: () => 0, id: () => 'x' };
    const data = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
    const embed = (bytes: Uint8Array) =>
      embedModels({ handbook: { model: data(bytes), signature: data(signature) } }, {})({ ...ports, random });
    await expect(embed(flipped(model))).rejects.toMatchObject({ rule: 'files-differ' });
    await (await embed(model)).close();
    expect(HANDBOOK_FILE).toMatch(/handbook\.gguf$/);
  });
});
