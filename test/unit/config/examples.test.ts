/** The examples load without a warning, the published JSON Schema is current, and both agree. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { catalogue } from '../../../providers/index.ts';
import { configJsonSchema, formatJsonSchema } from '../../../src/config/json-schema.ts';
import { resolveSecret } from '../../../src/config/secret.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { proveOnNode } from '../../../src/node.ts';
import { createLanguage } from '../../../src/sections.ts';
import { load, portsOf, printed } from './fixture.ts';

const root = join(import.meta.dirname, '../../..');
const language = createLanguage(catalogue);
const names = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.yaml'));
const read = (name: string) => readFileSync(join(root, 'examples', name), 'utf8');
const KEYS = { OPENAI_API_KEY: 'a', MISTRAL_API_KEY: 'b', DEEPSEEK_API_KEY: 'c' };

describe.each(names)('%s', (name) => {
  it('loads without a word', () => {
    expect(printed(load(read(name), portsOf(KEYS), language))).toBe('');
  });

  it('compiles, and its own tests hold', () => {
    const ports = portsOf(KEYS);
    const loaded = load(read(name), ports, language);
    if (!loaded.ok) throw new Error('It does not load.');
    const compile = { secret: (reference: string) => resolveSecret(reference, ports), priceBook: null };
    const lints: string[] = [];
    const { backends } = proveOnNode(loaded, compile, (findings) =>
      lints.push(...findings.map(({ message }) => message)),
    );
    expect(lints).toEqual([]);
    expect(backends.map(({ id }) => id)).toEqual(Object.keys(loaded.whole.backends));
  });

  it('is what the JSON Schema allows', () => {
    expect(z.fromJSONSchema(publishable()).safeParse(parse(read(name))).error).toBeUndefined();
  });

  it('names the schema for editors', () => {
    expect(read(name)).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\.json\n/);
  });
});

it('there are examples', () => {
  expect(names).toEqual([
    'demo.yaml',
    'eu-bank.yaml',
    'local-ollama.yaml',
    'local-vllm.yaml',
    'minimal.yaml',
    'onprem-burst.yaml',
    'openai.yaml',
    'sovereign.yaml',
    'startup.yaml',
  ]);
});

describe('the JSON Schema', () => {
  it('is the committed one: npm run schema', () => {
    expect(readFileSync(join(root, 'schema.json'), 'utf8')).toBe(formatJsonSchema(language));
  });

  it('closes every map that has fields of its own', () => {
    const open: string[] = [];
    walk(configJsonSchema(language), '', (node, at) => {
      if (isJsonObject(node.properties) && node.additionalProperties !== false) open.push(at);
    });
    expect(open).toEqual([]);
  });

  it('describes every field', () => {
    const silent: string[] = [];
    walk(configJsonSchema(language), '', (node, at) => {
      for (const [name, field] of Object.entries(isJsonObject(node.properties) ? node.properties : {})) {
        if (isJsonObject(field) && typeof field.description !== 'string') silent.push(`${at}/${name}`);
      }
    });
    expect(silent).toEqual([]);
  });

  it('refuses what the loader refuses, and lets expansions stand for anything', () => {
    const schema = z.fromJSONSchema(publishable());
    const up = { provider: 'ollama', model: '*' };
    const file = (backend: object) => ({ backends: { up: backend }, models: { '*': { backends: ['up'] } } });
    expect(schema.safeParse(file(up)).success).toBe(true);
    expect(schema.safeParse(file({ ...up, context: 5 })).success).toBe(true);
    expect(schema.safeParse(file({ ...up, context: '${CONTEXT}' })).success).toBe(true);
    expect(schema.safeParse(file({ ...up, context: 'many' })).success).toBe(false);
    expect(schema.safeParse(file({ ...up, contxt: 5 })).success).toBe(false);
    expect(schema.safeParse({ backends: { up } }).success).toBe(false);
  });
});

/** The schema as the converter's type wants it. */
function publishable(): Parameters<typeof z.fromJSONSchema>[0] {
  return JSON.parse(formatJsonSchema(language));
}

function walk(node: Json | undefined, at: string, visit: (node: JsonObject, at: string) => void): void {
  if (isJsonArray(node)) for (const [i, entry] of node.entries()) walk(entry, `${at}/${i}`, visit);
  if (!isJsonObject(node)) return;
  visit(node, at);
  for (const [key, value] of Object.entries(node))
    if (key !== 'examples' && key !== 'default') walk(value, `${at}/${key}`, visit);
}
