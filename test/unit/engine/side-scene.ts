/** A gateway with two keys over upstreams that keep responses and one that does not. */
import { nodeDigest } from '../../../src/crypto/node/digest.ts';
import type { WholeConfig } from '../../../src/core/config.ts';
import type { StoredOperation } from '../../../src/core/gateway.ts';
import type { CallOptions, Reply } from '../../support/client.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';
import type { Rig } from './rig.ts';

const KEEPER = { provider: 'openai-responses', key: 'sk-main' } as const;

/** `mini` is another model of the account of `main`; `other` is another account; `chat` keeps nothing. */
export const BACKENDS: WholeConfig['backends'] = {
  main: backendAt('http://main.test/v1', { ...KEEPER, model: 'big' }),
  mini: backendAt('http://main.test/v1', { ...KEEPER, model: 'small' }),
  other: backendAt('http://other.test/v1', { ...KEEPER, model: 'big' }),
  chat: backendAt('http://chat.test/v1', { model: 'plain' }),
  claude: backendAt('http://claude.test/v1', { provider: 'anthropic-compatible', model: 'opus' }),
};

const alias = (...ids: string[]): WholeConfig['models'][string] => ({
  backends: ids.map((id) => ({ id, weight: 1 })),
  pick: 'ordered',
  answer: 'asked',
});

export const MODELS: WholeConfig['models'] = {
  assistant: alias('main', 'other'),
  mini: alias('mini'),
  elsewhere: alias('other'),
  plain: alias('chat'),
  opus: alias('claude', 'chat'),
  mixed: alias('chat', 'claude'),
};

const keyOf = (text: string, models?: string[]): NonNullable<WholeConfig['keys']>[string] => ({
  hash: `sha256:${nodeDigest.sha256(text)}`,
  permissions: [],
  ...(models === undefined ? {} : { models }),
});

/** The configuration; both keys may use everything. */
export function scene(more: Partial<WholeConfig> = {}): WholeConfig {
  return wholeConfig({
    backends: BACKENDS,
    models: MODELS,
    keys: { ann: keyOf('sk-ann'), bob: keyOf('sk-bob') },
    ...more,
  });
}

/** Keys of which Ann's may use only `models`. */
export function onlyFor(...models: string[]): WholeConfig['keys'] {
  return { ann: keyOf('sk-ann', models), bob: keyOf('sk-bob') };
}

/** A Responses request. */
export function ask(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { model: 'assistant', input: 'Hello', ...more };
}

/** A response object as an upstream says it. */
export function response(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    object: 'response',
    created_at: 1_763_856_000,
    status: 'completed',
    model: 'big',
    output: [],
    usage: { input_tokens: 9, output_tokens: 4, total_tokens: 13 },
    ...more,
  };
}

const RESPONSES = { surface: 'openai-responses', key: 'sk-ann' } as const;

/** Creates a response and lets the upstream answer it under `id`. */
export function create(rig: Rig, id: string, more: Record<string, unknown> = {}, key = 'sk-ann'): Reply {
  const { reply } = rig.ask(ask(more), { ...RESPONSES, key });
  rig.transport.last().json(200, response(id));
  return reply;
}

/** Sends a Responses request of Ann's. */
export function say(rig: Rig, more: Record<string, unknown>, options: CallOptions = {}): Reply {
  return rig.ask(ask(more), { ...RESPONSES, ...options }).reply;
}

/** Asks for something stored. */
export function stored(rig: Rig, operation: StoredOperation, target: string | null, options: CallOptions = {}): Reply {
  return rig.ask('', { ...RESPONSES, operation, target, ...options }).reply;
}
