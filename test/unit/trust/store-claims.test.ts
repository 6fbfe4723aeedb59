/** Evidence from stores: what Ollama, OCI layouts and Hugging Face claim, compared with what was signed, nothing hashed again. */
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../src/trust/manifest.ts';
import { readHuggingFaceCache, readOciLayout, readOllamaStore } from '../../../src/trust/node/read-store.ts';
import { matchClaims, type StoreListing } from '../../../src/trust/store-claims.ts';
import { readHuggingFaceTree } from '../../../src/trust/store-manifests.ts';
import { modelFolder, writeIn } from './model-folder.ts';

const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');
const signed = (files: Readonly<Record<string, string>>, more: Partial<Manifest> = {}): Manifest => ({
  resources: Object.entries(files).map(([name, content]) => ({ name, digest: sha256(content) })),
  method: 'files',
  hashType: 'sha256',
  shardBytes: null,
  allowSymlinks: false,
  ignorePaths: [],
  ...more,
});
const rule = (name: string) => ({ name: 'TrustError', rule: name });

const OLLAMA = 'application/vnd.ollama.image.';

/** A store of Ollama with one model of these layers. */
function ollama(layers: Readonly<Record<string, string>>, path = 'registry.ollama.ai/library/tiny/latest') {
  const store = modelFolder();
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    layers: Object.entries(layers).map(([kind, content]) => {
      writeIn(store, `blobs/sha256-${sha256(content)}`, content);
      return { mediaType: OLLAMA + kind, digest: `sha256:${sha256(content)}`, size: content.length };
    }),
  });
  writeIn(store, `manifests/${path}`, manifest);
  return { store, manifest };
}

describe('Ollama', () => {
  it('claims the digests of its layers under the digest that the server reports', async () => {
    const { store, manifest } = ollama({ model: 'weights', template: '{{ .Prompt }}', license: 'MIT' });
    const listing = await readOllamaStore(store, 'tiny');
    expect(listing).toMatchObject({ source: 'ollama', revision: sha256(manifest) });
    expect(listing.claims.map(({ content, size }) => [content, size])).toEqual([
      ['weights', 7],
      ['template', 13],
      ['other', 3],
    ]);
    const report = matchClaims(signed({ 'tiny.gguf': 'weights' }), listing);
    expect(report).toMatchObject({ matched: ['tiny.gguf'], different: [], unclaimed: [], weightsMatch: true });
    expect(report.unsigned.map(({ kind }) => kind)).toEqual([`${OLLAMA}template`, `${OLLAMA}license`]);
  });

  it('does not match other weights, nor an adapter that nobody signed', async () => {
    const { store } = ollama({ model: 'weights', adapter: 'evil' });
    const listing = await readOllamaStore(store, 'tiny:latest');
    expect(matchClaims(signed({ 'tiny.gguf': 'other' }), listing)).toMatchObject({
      unclaimed: ['tiny.gguf'],
      weightsMatch: false,
    });
    expect(matchClaims(signed({ 'tiny.gguf': 'weights' }), listing).weightsMatch).toBe(false);
  });

  it.each([
    ['tiny', 'registry.ollama.ai/library/tiny/latest'],
    ['tiny:3b', 'registry.ollama.ai/library/tiny/3b'],
    ['me/tiny', 'registry.ollama.ai/me/tiny/latest'],
    ['hf.co/org/tiny:Q4_K_M', 'hf.co/org/tiny/Q4_K_M'],
    ['localhost:5000/org/tiny', 'localhost:5000/org/tiny/latest'],
  ])('finds %s', async (name, path) => {
    const { store } = ollama({ model: 'weights' }, path);
    expect((await readOllamaStore(store, name)).claims).toHaveLength(1);
  });

  it.each(['../x', 'a/../b/c', '', 'a:b:c', 'a/b/c/d', '/etc/passwd', 'a:..'])('refuses the name %j', async (name) => {
    await expect(readOllamaStore(ollama({}).store, name)).rejects.toMatchObject(rule('store-missing'));
  });

  it('refuses blobs that are not there or have another size, and what is no manifest', async () => {
    const { store } = ollama({ model: 'weights' });
    writeIn(store, `blobs/sha256-${sha256('weights')}`, 'weights and more');
    await expect(readOllamaStore(store, 'tiny')).rejects.toMatchObject(rule('store-malformed'));
    await expect(readOllamaStore(store, 'none')).rejects.toMatchObject(rule('store-missing'));
    for (const text of ['', '{}', '[]', '{"layers":[{"mediaType":"x","digest":"sha256:../../etc/passwd"}]}']) {
      writeIn(store, 'manifests/registry.ollama.ai/library/tiny/latest', text);
      await expect(readOllamaStore(store, 'tiny')).rejects.toMatchObject(rule('store-malformed'));
    }
  });
});

describe('an OCI layout', () => {
  const WEIGHT = 'application/vnd.cncf.model.weight.v1.';

  function layout(layers: readonly { type: string; name?: string; content: string }[], isNested = false): string {
    const folder = modelFolder();
    const blob = (content: string): { digest: string; size: number } => {
      writeIn(folder, `blobs/sha256/${sha256(content)}`, content);
      return { digest: `sha256:${sha256(content)}`, size: content.length };
    };
    const manifest = {
      schemaVersion: 2,
      layers: layers.map(({ type, name, content }) => ({
        mediaType: type,
        ...blob(content),
        ...(name === undefined ? {} : { annotations: { 'org.cncf.model.filepath': name } }),
      })),
    };
    const annotations = { 'org.opencontainers.image.ref.name': 'v1' };
    let pointer = { mediaType: 'application/vnd.oci.image.manifest.v1+json', ...blob(JSON.stringify(manifest)) };
    if (isNested) {
      const index = blob(JSON.stringify({ manifests: [pointer] }));
      pointer = { mediaType: 'application/vnd.oci.image.index.v1+json', ...index };
    }
    writeIn(folder, 'index.json', JSON.stringify({ manifests: [{ ...pointer, annotations }] }));
    return folder;
  }

  it('claims the files of raw layers by name, and nothing of wrapped ones', async () => {
    const folder = layout([
      { type: `${WEIGHT}raw`, name: 'a.safetensors', content: 'A' },
      { type: `${WEIGHT}tar`, name: 'b.safetensors', content: 'tar of B' },
      { type: 'application/vnd.cncf.model.weight.config.v1.raw', name: 'config.json', content: '{}' },
    ]);
    const listing = await readOciLayout(folder, null);
    expect(listing.claims.map(({ name, sha256: digest, content }) => [name, digest, content])).toEqual([
      ['a.safetensors', sha256('A'), 'weights'],
      ['b.safetensors', null, 'weights'],
      ['config.json', sha256('{}'), 'other'],
    ]);
    const files = { 'a.safetensors': 'A', 'b.safetensors': 'B', 'config.json': '{ }', 'x.md': '' };
    expect(matchClaims(signed(files), listing)).toEqual({
      matched: ['a.safetensors'],
      different: ['config.json'],
      unclaimed: ['b.safetensors', 'x.md'],
      unsigned: [],
      weightsMatch: false,
    });
  });

  it('follows a reference, and an index within the index', async () => {
    const layers = [{ type: 'application/vnd.docker.ai.gguf.v3', content: 'GGUF' }];
    for (const isNested of [false, true]) {
      const folder = layout(layers, isNested);
      const listing = await readOciLayout(folder, 'v1');
      expect(matchClaims(signed({ 'm.gguf': 'GGUF' }), listing).weightsMatch).toBe(true);
      await expect(readOciLayout(folder, 'v2')).rejects.toMatchObject(rule('store-missing'));
    }
  });

  it('refuses a manifest that is not what the index names, and names that leave the model', async () => {
    const folder = layout([{ type: `${WEIGHT}raw`, name: '../x', content: 'A' }]);
    await expect(readOciLayout(folder, null)).rejects.toMatchObject(rule('store-malformed'));
    writeIn(folder, `blobs/sha256/${sha256('forged')}`, JSON.stringify({ layers: [] }));
    const pointer = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: `sha256:${sha256('forged')}` };
    writeIn(folder, 'index.json', JSON.stringify({ manifests: [pointer] }));
    await expect(readOciLayout(folder, null)).rejects.toThrow('is not what its name says');
  });
});

describe('Hugging Face', () => {
  const COMMIT = '0123456789abcdef0123456789abcdef01234567';

  function cache(): { cache: string; repository: string } {
    const folder = modelFolder();
    const repository = join(folder, 'models--org--tiny');
    writeIn(repository, 'refs/main', COMMIT);
    const link = (name: string, id: string, content: string): void => {
      writeIn(repository, `blobs/${id}`, content);
      mkdirSync(join(repository, 'snapshots', COMMIT, 'sub'), { recursive: true });
      const up = name.includes('/') ? '../../..' : '../..';
      symlinkSync(`${up}/blobs/${id}`, join(repository, 'snapshots', COMMIT, name));
    };
    link('model.safetensors', sha256('weights'), 'weights');
    link('sub/config.json', COMMIT.replace('0', 'f'), '{}');
    return { cache: folder, repository };
  }

  it('claims the LFS ids of the cache', async () => {
    const listing = await readHuggingFaceCache(cache().cache, 'org/tiny');
    expect(listing).toMatchObject({ source: 'huggingface', revision: COMMIT });
    const report = matchClaims(signed({ 'model.safetensors': 'weights', 'sub/config.json': '{}' }), listing);
    expect(report).toMatchObject({
      matched: ['model.safetensors'],
      unclaimed: ['sub/config.json'],
      weightsMatch: true,
    });
    const other = matchClaims(signed({ 'model.safetensors': 'other' }), listing);
    expect(other).toMatchObject({ different: ['model.safetensors'], weightsMatch: false });
  });

  it('claims nothing of a file that stands where a link should', async () => {
    const { cache: folder, repository } = cache();
    writeFileSync(join(repository, 'snapshots', COMMIT, 'extra.safetensors'), 'evil');
    const listing = await readHuggingFaceCache(folder, 'org/tiny', COMMIT);
    expect(matchClaims(signed({ 'model.safetensors': 'weights' }), listing).weightsMatch).toBe(false);
  });

  it('refuses links that lead elsewhere, and what is not there', async () => {
    const { cache: folder, repository } = cache();
    await expect(readHuggingFaceCache(folder, 'org/none')).rejects.toMatchObject(rule('store-missing'));
    await expect(readHuggingFaceCache(folder, '../x')).rejects.toMatchObject(rule('store-missing'));
    await expect(readHuggingFaceCache(folder, 'org/tiny', '../main')).rejects.toMatchObject(rule('store-missing'));
    symlinkSync('/etc/passwd', join(repository, 'snapshots', COMMIT, 'x'));
    await expect(readHuggingFaceCache(folder, 'org/tiny')).rejects.toMatchObject(rule('store-malformed'));
  });

  it('reads the tree that the hub answers', () => {
    const tree = [
      { type: 'directory', path: 'sub', oid: 'x', size: 0 },
      { type: 'file', path: 'm.gguf', oid: 'x', size: 7, lfs: { oid: sha256('weights'), size: 7 } },
      { type: 'file', path: 'config.json', oid: 'x', size: 2 },
    ];
    const read = (value: unknown): StoreListing =>
      readHuggingFaceTree(new TextEncoder().encode(JSON.stringify(value)), 'tree', COMMIT);
    expect(matchClaims(signed({ 'm.gguf': 'weights', 'config.json': '{}' }), read(tree))).toMatchObject({
      matched: ['m.gguf'],
      unclaimed: ['config.json'],
      weightsMatch: true,
    });
    expect(() => read([{ type: 'file', path: '../x' }])).toThrow('name');
    expect(() => read([{ type: 'file', path: 'x', lfs: { oid: 'short' } }])).toThrow('no SHA-256');
  });
});

describe('matchClaims', () => {
  it('compares nothing with shards or another algorithm', async () => {
    const listing = await readOllamaStore(ollama({ model: 'weights' }).store, 'tiny');
    for (const more of [{ method: 'shards', shardBytes: 4 }, { hashType: 'blake3' }] as const) {
      expect(matchClaims(signed({ m: 'weights' }, more), listing)).toMatchObject({
        matched: [],
        unclaimed: ['m'],
        weightsMatch: false,
      });
    }
  });

  it('takes two claims for one file for a difference', () => {
    const claim = { name: 'm.gguf', size: null, content: 'weights', kind: 'lfs' } as const;
    const claims = ['weights', 'other'].map((content) => ({ ...claim, sha256: sha256(content) }));
    const report = matchClaims(signed({ 'm.gguf': 'weights' }), { source: 'oci', revision: null, claims });
    expect(report).toMatchObject({ different: ['m.gguf'], weightsMatch: false });
  });
});
