/** Reads the configuration beside the weights for what makes a loader run code, for templates and for names of files. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { ByteSource } from './byte-source.ts';
import { finding, type InspectFinding } from './inspect-finding.ts';
import type { TemplateText } from './inspect-template.ts';
import { checkJsonKeys } from './json-keys.ts';

/** What one file of configuration says. */
export interface InspectedJson {
  readonly findings: readonly InspectFinding[];
  readonly templates: readonly TemplateText[];
  /** Files that an index says hold weights. */
  readonly indexed: readonly string[];
}

/** Configuration is far smaller; a vocabulary is not looked into. */
const MAX_BYTES = 4 << 20;
const MAX_DEPTH = 64;
/** Names that loaders read as configuration: these must be small enough to be inspected. */
const CONFIGURATION = /(?:config|template|processor|modules|index|map)[^/]*\.json$/i;
/** Python writes these into JSON, `JSON.parse` does not read them. */
const PYTHON_NUMBER = /"(?:[^"\\]|\\[\s\S])*"|-?\bInfinity\b|\bNaN\b/g;

/** Inspects one `.json` file. */
export function inspectJson(file: string, source: ByteSource): InspectedJson {
  const nothing: InspectedJson = { findings: [], templates: [], indexed: [] };
  if (source.size > MAX_BYTES) {
    const found = CONFIGURATION.test(file)
      ? finding('bad-json', 'refuse', file, `${source.size} bytes are too many for configuration`)
      : finding('not-inspected', 'note', file, `${source.size} bytes of JSON are not looked into`);
    return { ...nothing, findings: [found] };
  }
  let json: Json;
  try {
    json = parse(source.read(0, source.size));
  } catch (error) {
    return { ...nothing, findings: [finding('bad-json', 'refuse', file, `not sound JSON: ${reasonOf(error)}`)] };
  }
  const reader = new JsonReader(file);
  reader.walk(json, '');
  if (/(?:^|\/)modules\.json$/i.test(file)) reader.checkModules(json);
  if (isJsonObject(json) && isJsonObject(json['weight_map'])) reader.readIndex(json['weight_map']);
  return reader;
}

function parse(bytes: Uint8Array): Json {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  checkJsonKeys(text, MAX_DEPTH);
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.replace(PYTHON_NUMBER, (token) => (token.startsWith('"') ? token : 'null')));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 120) : 'unreadable';
}

class JsonReader implements InspectedJson {
  readonly findings: InspectFinding[] = [];
  readonly templates: TemplateText[] = [];
  readonly indexed: string[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  walk(value: Json | undefined, path: string): void {
    if (isJsonArray(value)) for (const [i, item] of value.entries()) this.walk(item, `${path}[${i}]`);
    if (!isJsonObject(value)) return;
    for (const [key, item] of Object.entries(value)) {
      const where = path === '' ? key : `${path}.${key}`;
      if (key === 'auto_map' || key === 'custom_pipelines') this.#refuse(`${where} names code to import`);
      else if (key === 'trust_remote_code' && item !== false && item !== null) this.#refuse(`${where} is set`);
      else if (key === 'chat_template' || key === 'chat_templates') this.#readTemplate(item, where);
      this.walk(item, where);
    }
  }

  /** sentence-transformers imports the class that each module's `type` names. */
  checkModules(json: Json): void {
    for (const module of isJsonArray(json) ? json : []) {
      const type = isJsonObject(module) ? module['type'] : undefined;
      if (typeof type !== 'string' || type.startsWith('sentence_transformers.')) continue;
      this.#refuse(`a module is of type ${type.slice(0, 80)}, which is code to import`);
    }
  }

  readIndex(map: JsonObject): void {
    for (const name of new Set(Object.values(map))) {
      if (typeof name === 'string') this.indexed.push(name);
      else this.findings.push(finding('bad-index', 'refuse', this.#file, 'weight_map must map names to names'));
    }
  }

  #refuse(message: string): void {
    this.findings.push(finding('remote-code', 'refuse', this.#file, message));
  }

  /** One text, an object of named texts, or a list of `{ name, template }`. */
  #readTemplate(value: Json | undefined, where: string): void {
    if (typeof value === 'string') this.templates.push({ file: this.#file, where, text: value });
    else if (isJsonArray(value)) {
      for (const [i, item] of value.entries()) {
        if (isJsonObject(item)) this.#readTemplate(item['template'], `${where}[${i}].template`);
      }
    } else if (isJsonObject(value)) {
      for (const [name, text] of Object.entries(value)) this.#readTemplate(text, `${where}.${name}`);
    }
  }
}
