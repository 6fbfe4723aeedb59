/** The search for a configuration file, pure and on a real file system. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConfig, type FileTree } from '../../../src/config/find.ts';
import { ConfigFileError, nodeFileTree, nodeLoadPorts, readConfigFile } from '../../../src/config/node/files.ts';

/** A tree of `/`-separated paths with just these files. */
function treeOf(...files: string[]): FileTree {
  return {
    isFile: (path) => files.includes(path),
    join: (folder, name) => (folder === '/' ? `/${name}` : `${folder}/${name}`),
    parentOf: (folder) => (folder === '/' ? null : folder.slice(0, folder.lastIndexOf('/')) || '/'),
  };
}

describe('the search', () => {
  it('takes the nearest, and yaml before yml before json', () => {
    expect(findConfig('/a/b', treeOf('/a/thalweg.yaml', '/thalweg.yaml')).path).toBe('/a/thalweg.yaml');
    expect(findConfig('/a', treeOf('/a/thalweg.json', '/a/thalweg.yml', '/thalweg.yaml')).path).toBe('/a/thalweg.yml');
  });

  it('says where it looked when there is none', () => {
    expect(findConfig('/a', treeOf())).toEqual({
      path: null,
      looked: ['/a', ''].flatMap((folder) => ['yaml', 'yml', 'json'].map((end) => `${folder}/thalweg.${end}`)),
    });
  });
});

describe('files on Node', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'thalweg-find-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are found upward; a folder of that name is none', () => {
    const inner = join(folder, 'a', 'b');
    mkdirSync(join(inner, 'thalweg.yaml'), { recursive: true });
    writeFileSync(join(folder, 'thalweg.yml'), 'x');
    expect(findConfig(inner, nodeFileTree).path).toBe(join(folder, 'thalweg.yml'));
  });

  it('are read as UTF-8, or refused in one sentence', () => {
    const path = join(folder, 'thalweg.yaml');
    writeFileSync(path, '\uFEFFa: é');
    expect(readConfigFile(path)).toEqual({ name: path, text: 'a: é' });
    writeFileSync(path, Uint8Array.of(0x61, 0xff));
    expect(() => readConfigFile(path)).toThrow(new ConfigFileError(`${path} is not UTF-8 text.`));
    writeFileSync(path, 'x'.repeat(3 * 1024 * 1024 + 1));
    expect(() => readConfigFile(path)).toThrow('larger than 1 MiB');
    expect(() => readConfigFile(join(folder, 'none'))).toThrow('There is no file');
    expect(() => readConfigFile(folder)).toThrow('is a folder');
  });

  it('give expansions the environment and files beside the configuration', () => {
    writeFileSync(join(folder, 'up.key'), 'sk-1\n');
    const ports = nodeLoadPorts(join(folder, 'thalweg.yaml'), { A: 'x', B: undefined });
    expect([ports.variable('A'), ports.variable('B'), ports.variable('toString')]).toEqual(['x', null, null]);
    expect([ports.file('up.key'), ports.file('./none'), ports.file(join(folder, 'up.key'))]).toEqual([
      'sk-1\n',
      null,
      'sk-1\n',
    ]);
  });
});
