/** What servers of models say of the model that they serve: which questions each is asked, and what its answers mean. */
import { isJsonObject, type Json } from '../core/json.ts';

/** A question to a server. */
export interface ServerQuery {
  readonly method: 'GET' | 'POST';
  /** `origin`: the path starts there; `base`: at the URL of the backend. */
  readonly from: 'origin' | 'base';
  readonly path: string;
  /** JSON; null = none. */
  readonly body: string | null;
}

/** What a server says; nothing of it is proven. */
export interface ServerReport {
  /** Names under which it serves. */
  readonly names: readonly string[];
  /** Path or repository that it says to have loaded; null = it does not say. */
  readonly source: string | null;
  /** SHA-256 by which its store names the model, lower-case hexadecimal; null = it does not say. */
  readonly revision: string | null;
  /** The chat template that it says to use; null = it does not say. */
  readonly template: string | null;
  /** Its own version or build; null = it does not say. */
  readonly build: string | null;
}

interface Reader {
  readonly queries: readonly ServerQuery[];
  read(answers: readonly Json[], model: string): ServerReport;
}

const NOTHING: ServerReport = { names: [], source: null, revision: null, template: null, build: null };
const get = (from: ServerQuery['from'], path: string): ServerQuery => ({ method: 'GET', from, path, body: null });

/** By the provider's row. Sources: the servers' own documentation and code, named at each. */
const READERS: Readonly<Record<string, Reader>> = Object.freeze({
  // llama.cpp tools/server/README.md, GET /props
  'llama-cpp': {
    queries: [get('origin', '/props'), get('base', '/models')],
    read: ([props, models]) => ({
      ...NOTHING,
      names: namesIn(models),
      source: text(props, 'model_path'),
      template: text(props, 'chat_template'),
      build: text(props, 'build_info'),
    }),
  },
  // vLLM vllm/entrypoints/openai/protocol.py, ModelCard: id, root, max_model_len
  vllm: {
    queries: [get('base', '/models')],
    read: ([models], model) => ({ ...NOTHING, names: namesIn(models), source: text(cardOf(models, model), 'root') }),
  },
  // SGLang python/sglang/srt/entrypoints/http_server.py: get_model_info, get_server_info
  sglang: {
    queries: [get('origin', '/get_model_info'), get('base', '/models'), get('origin', '/get_server_info')],
    read: ([info, models, server]) => ({
      ...NOTHING,
      names: namesIn(models),
      source: text(info, 'model_path'),
      build: text(server, 'version'),
    }),
  },
  // Ollama docs/api.md: the digest in ps and tags is the SHA-256 of the manifest file (server/routes.go)
  ollama: {
    queries: [get('origin', '/api/ps'), get('origin', '/api/tags'), get('origin', '/api/version')],
    read: ([loaded, stored, version], model) => {
      const card = ollamaCard(loaded, model) ?? ollamaCard(stored, model);
      const names = card === null ? [] : [model];
      const digest = text(card, 'digest')?.replace(/^sha256:/, '') ?? null;
      return { ...NOTHING, names, revision: digest, build: text(version, 'version') };
    },
  },
  // LM Studio docs/developer/rest: GET /api/v0/models
  'lm-studio': {
    queries: [get('origin', '/api/v0/models')],
    read: ([models]) => ({ ...NOTHING, names: namesIn(models) }),
  },
});

/** The questions to a server of this kind; null = it has no way to say what it loaded. */
export function queriesOf(provider: string): readonly ServerQuery[] | null {
  return Object.hasOwn(READERS, provider) ? READERS[provider]!.queries : null;
}

/**
 * Reads the answers, in the order of the questions; null for one that did not come. Odd answers say nothing.
 * @param model the name under which the backend is asked
 */
export function readReport(provider: string, answers: readonly Json[], model: string): ServerReport {
  return Object.hasOwn(READERS, provider) ? READERS[provider]!.read(answers, model) : NOTHING;
}

function text(value: Json | undefined, field: string): string | null {
  const found = isJsonObject(value) ? value[field] : null;
  return typeof found === 'string' && found !== '' ? found : null;
}

function listIn(value: Json | undefined, field: string): readonly Json[] {
  const found = isJsonObject(value) ? value[field] : null;
  return Array.isArray(found) ? found : [];
}

function namesIn(models: Json | undefined): readonly string[] {
  return listIn(models, 'data').flatMap((card) => text(card, 'id') ?? []);
}

function cardOf(models: Json | undefined, model: string): Json {
  return listIn(models, 'data').find((card) => text(card, 'id') === model) ?? null;
}

/** Ollama takes `llama3.2` for `llama3.2:latest`. */
function ollamaCard(models: Json | undefined, model: string): Json {
  const wanted = [model, `${model}:latest`];
  const isIt = (card: Json): boolean => wanted.includes(text(card, 'model') ?? text(card, 'name') ?? '');
  return listIn(models, 'models').find(isIt) ?? null;
}
