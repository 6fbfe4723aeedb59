/** What a text may name: the commands, flags, keys, codes, headers, metrics, paths and vendors that exist, read from the product itself. */
import { EventEmitter } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { parse } from 'yaml';
import { compileExpression, VARIABLES } from '../../policies/expressions.ts';
import { BUILTIN_ZONES } from '../../policies/zones.ts';
import { catalogue } from '../../providers/index.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { language } from '../../src/cli/configuration.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { COUNTRIES } from '../../src/core/countries.ts';
import { ERROR_ROWS } from '../../src/core/error-codes.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { DURATION_FORM, SIZE_FORM } from '../../src/core/units.ts';

const root = join(import.meta.dirname, '../..');
const written = configJsonSchema(language);
const schema = inlined(written);

/** A schema with what it refers to in place of the references; none of ours refers to itself. */
function inlined(node: Json): Json {
  if (isJsonArray(node)) return node.map((item) => inlined(item));
  if (!isJsonObject(node)) return node;
  const [, name = ''] = /^#\/\$defs\/(.+)$/.exec(String(node['$ref'])) ?? [];
  const defined = isJsonObject(written['$defs']) ? written['$defs'][name] : undefined;
  if (defined !== undefined) return inlined(defined);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inlined(value ?? null)]));
}

/** Words of other people's tools and of examples, which no source of ours holds. */
const OUTSIDE = `
  npm install ~ npm install thalweg ~ npm start ~ npm test ~ npm run bench ~ npx wrangler deploy ~ kill -HUP PID
  printf %s YOUR_KEY | sha256sum ~ * ~ "*" ~ "NO" ~ NO ~ docs ~ SIGHUP ~ has ~ name ~ sha256: ~ -c FILE
  contract 2026-118 ~ base_url ~ api_key ~ matches ~ dyn ~ startsWith ~ endsWith ~ contains ~ == ~ __proto__
  data ~ budget ~ try 1 ~ try 2 ~ not tried ~ out ~ unknown ~ parked ~ admin.fetch ~ fetch ~ close ~ true ~ false
  request.* ~ key.* ~ ms ~ s ~ m ~ h ~ B ~ KiB ~ MiB ~ GiB ~ \${ ~ $\${ ~ thalweg_ ~ x-ratelimit- ~ env ~ log
  data.* ~ confidential, pii ~ <think> ~ ANTHROPIC_BASE_URL=http://127.0.0.1:8080 ~ ANTHROPIC_MODEL
  /v1/messages/count_tokens ~ /v1/responses/input_tokens ~ /v1/responses/compact ~ order=a,b; sort=price; zdr ~ -
  attempts ~ n ~ ConfigError ~ ConfigFileError ~ { file } ~ gdpr: operator.country want in EEA, got CN
`
  .split(/ ~ |\n/)
  .map((word) => word.trim());

async function helpOf(...command: string[]): Promise<string> {
  let text = '';
  const stdout = new Writable({ write: (chunk: Buffer, _encoding, done) => ((text += chunk.toString()), done()) });
  await runCommandLine([...command, '--help'], {
    stdin: Readable.from([]),
    stdout,
    stderr: stdout,
    env: {},
    cwd: root,
    events: new EventEmitter(),
  });
  return text;
}

/** Flags by command and by path of subcommands (`model sign key`), read from the help. */
async function readCommands(path: readonly string[] = []): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const help = await helpOf(...path);
  const found = new Map<string, ReadonlySet<string>>();
  if (path.length > 0) found.set(path.join(' '), new Set(help.match(/(?<![\w-])--?[a-z][a-z-]*/g)));
  const [, listed = ''] = help.split('Commands:');
  for (const [, name = ''] of listed.matchAll(/^ {2}([a-z]+)/gm)) {
    if (name === 'help' || name === 'thalweg') continue;
    for (const [inner, flags] of await readCommands([...path, name])) found.set(inner, flags);
  }
  return found;
}

const commands = await readCommands();
const sources = globSync(['src/**/*.ts', 'policies/**/*.ts', 'routes/*.ts', 'providers/*.ts'], { cwd: root })
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n');

function schemaNodes(node: Json | undefined, path: string, out: Map<JsonObject, string>): Map<JsonObject, string> {
  if (isJsonArray(node)) for (const item of node) schemaNodes(item, path, out);
  if (!isJsonObject(node)) return out;
  out.set(node, path);
  const properties = isJsonObject(node['properties']) ? node['properties'] : {};
  for (const [name, child] of Object.entries(properties))
    schemaNodes(child, path === '' ? name : `${path}.${name}`, out);
  for (const list of ['anyOf', 'oneOf', 'allOf', 'items', 'additionalProperties'] as const)
    schemaNodes(node[list], path, out);
  return out;
}

const nodes = schemaNodes(schema, '', new Map());

/** Keys at any depth, their dotted paths and ends of them, and the words that values may be. */
function schemaWords(): string[] {
  return [...nodes].flatMap(([node, path]) => {
    const names = isJsonObject(node['properties']) ? Object.keys(node['properties']) : [];
    const inner = isJsonObject(node['propertyNames']) ? [node['propertyNames']['enum']].flat() : [];
    const words = [node['enum'], node['const'], ...inner].flat().map(String);
    const steps = path.split('.');
    return [...names, ...words, ...steps.map((_, i) => steps.slice(i).join('.'))];
  });
}

const words: ReadonlySet<string> = new Set([
  ...OUTSIDE,
  ...schemaWords(),
  ...Object.keys(ERROR_ROWS),
  ...['provider', 'backend', 'model', 'rule', 'key'].map((kind) => `unknown-${kind}`),
  ...catalogue.keys(),
  ...[...catalogue.values()].map(({ baseUrl }) => baseUrl ?? ''),
  ...commands.keys(),
  ...[...commands.values()].flatMap((flags) => [...flags]),
  ...Object.entries(VARIABLES).flatMap(([name, fields]) => [
    name,
    ...Object.keys(fields).map((field) => `${name}.${field}`),
  ]),
  ...Object.keys(BUILTIN_ZONES),
  ...COUNTRIES,
  ...[...sources.matchAll(/['"`]([\w./-]{2,60})['"`]/g)].map(([, word = '']) => word),
  ...[...sources.matchAll(/\b(thalweg_[a-z_]+|cached_input|cache_write)\b/g)].map(([, word = '']) => word),
]);

/** Whether a piece of YAML says only what the schema knows: keys, words and expressions. */
function conforms(node: Json | undefined, value: unknown): boolean {
  if (!isJsonObject(node)) return false;
  const options = [node['anyOf'], node['oneOf']].flatMap((list) => (isJsonArray(list) ? list : []));
  if (options.length > 0) return options.some((option) => conforms(option, value));
  if (Array.isArray(value)) return node['items'] !== undefined && value.every((item) => conforms(node['items'], item));
  if (typeof value === 'object' && value !== null) {
    const properties = isJsonObject(node['properties']) ? node['properties'] : {};
    const names = isJsonObject(node['propertyNames']) ? node['propertyNames']['enum'] : undefined;
    return Object.entries(value).every(([key, child]) => {
      if (isJsonArray(names) && !names.includes(key)) return false;
      const known = Object.hasOwn(properties, key) ? properties[key] : node['additionalProperties'];
      return known !== undefined && (child === '...' || conforms(known, child)) && isExpressionFine(key, child);
    });
  }
  if (node['properties'] !== undefined || node['items'] !== undefined) return false;
  if (isJsonArray(node['enum'])) return node['enum'].includes(value as Json);
  const pattern = node['pattern'];
  if (typeof pattern === 'string' && !String(value).includes('...') && !new RegExp(pattern).test(String(value)))
    return false;
  return node['const'] === undefined || node['const'] === value;
}

/** True where the keys are a closed list: a map of free names would accept anything. */
function isNamed(node: JsonObject): boolean {
  const names = node['propertyNames'];
  return isJsonObject(node['properties']) || (isJsonObject(names) && names['enum'] !== undefined);
}

/** `gateway.open: true` as `gateway: { open: true }`. */
function unfolded(value: object): object {
  const [[key = '', child] = [], ...others] = Object.entries(value);
  const [section = '', ...rest] = key.split('.');
  const isPath = rest.length > 0 && others.length === 0 && Object.hasOwn(language.schemas, section);
  return isPath ? { [section]: rest.reduceRight((inner: unknown, name) => ({ [name]: inner }), child) } : value;
}

function isExpressionFine(key: string, value: unknown): boolean {
  return (
    (key !== 'match' && key !== 'when') || (typeof value === 'string' && compileExpression(value).problem === null)
  );
}

function isConfiguration(text: string): boolean {
  if (!/[:{]/.test(text)) return false;
  try {
    const value: unknown = parse(text);
    if (typeof value !== 'object' || value === null) return false;
    const named = 'provider' in value ? catalogue.has(String(value.provider)) : true;
    return named && [...nodes.keys()].some((node) => isNamed(node) && conforms(node, unfolded(value)));
  } catch {
    return false;
  }
}

function isCommand(text: string): boolean {
  const [, rest = ''] = /^(?:npx )?thalweg\b(.*)$/.exec(text) ?? [];
  if (!/^(?:npx )?thalweg\b/.test(text)) return false;
  const used = rest.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [];
  const steps = /^(?: [a-z]+)*/.exec(rest)?.[0].trim().split(' ') ?? [];
  if (steps[0] === '') return used.every((flag) => flag === '--help');
  // what follows the last subcommand are its arguments
  const path = steps.map((_, i) => steps.slice(0, steps.length - i).join(' ')).find((one) => commands.has(one));
  const flags = path === undefined ? undefined : commands.get(path);
  return flags !== undefined && used.every((flag) => flags.has(flag));
}

const PATTERNS = [
  DURATION_FORM,
  SIZE_FORM,
  /^\$\{(?:[A-Z_]+(?::-\w+)?|file:path)\}$/,
  /^https?:\/\/(?:127\.0\.0\.1:\d+|[\w.]*example\.com|thalweg)[\w/]*$/,
  /^(?:127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?$/,
  /^(?:npx )?wrangler secret put [A-Z_]+$/,
  /^authorization: Bearer KEY$/,
];

function isPath(text: string): boolean {
  const [, path = ''] = /^(?:(?:GET|POST) )?(\/[\w/]*?)(?:\/NAME)?$/.exec(text) ?? [];
  return path !== '' && (path === '/v1' || words.has(path));
}

function isLibraryCode(text: string): boolean {
  return (
    /createGateway|gateway\.(?:fetch|close)/.test(text) &&
    !/(?:createGateway|gateway)\.(?!fetch|close|admin)\w+/.test(text)
  );
}

/** True when a span of code names only what exists. */
export function isKnown(text: string): boolean {
  return (
    words.has(text) ||
    PATTERNS.some((pattern) => pattern.test(text)) ||
    isCommand(text) ||
    isPath(text) ||
    isConfiguration(text) ||
    isHeader(text) ||
    isLibraryCode(text) ||
    (/[.=]/.test(text) && compileExpression(text).problem === null) ||
    ['', 'examples', 'docs'].some((folder) => /^[\w./-]+$/.test(text) && existsSync(join(root, folder, text)))
  );
}

function isHeader(text: string): boolean {
  const [name = '', value] = text.split(': ');
  if (/^--header \S+=\S+$/.test(text)) return true;
  if (/^--?[a-z-]+ [A-Z]+$/.test(text)) return words.has(text.split(' ')[0] ?? '');
  return value !== undefined && /^(?:x-|content-type)/.test(name) && words.has(name);
}

/** The names in a text that do not exist: spans of code, and flags, headers and metrics outside of them. */
export function unknownNames(text: string): string[] {
  const spans = [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
  const loose = text.replaceAll(/`[^`]*`/g, ' ').match(/(?<!\S)--[a-z-]+|\bx-thalweg-[a-z-]+|\bthalweg_[a-z_]+/g) ?? [];
  const unbalanced = text.split('`').length % 2 === 0 ? ['`'] : [];
  return [...spans.filter((span) => !isKnown(span)), ...loose.filter((word) => !words.has(word)), ...unbalanced];
}
