/** Which operation each path of a client is, and that the router stays the fast one. */
import type { Hono } from 'hono';
import { Hono as App } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import { mountChatCompletions } from '../../../routes/chat-completions.ts';
import type { Desk } from '../../../routes/desk.ts';
import { mountExplain } from '../../../routes/explain.ts';
import { mountMessages } from '../../../routes/messages.ts';
import { mountModels } from '../../../routes/models.ts';
import { mountNotFound } from '../../../routes/not-found.ts';
import { mountResponses } from '../../../routes/responses.ts';
import { mountStored } from '../../../routes/stored.ts';
import type { RouteEntry } from '../../../src/core/gateway.ts';
import { makeCall, makeReply } from '../../support/client.ts';

let app: Hono;
let seen: { entry: RouteEntry; refused: string | null }[];
let hint: string;
let cause: unknown;

beforeEach(() => {
  app = new App();
  seen = [];
  const desk: Desk = {
    gateway: {
      handle: () => {},
      refuse: (_call, error) => {
        seen.at(-1)!.refused = error.code;
        hint = error.hint;
      },
    },
    door: {
      receive(_env, _request, entry, deliver) {
        seen.push({ entry, refused: null });
        deliver(makeCall(''), makeReply(), null);
        return new Response(null);
      },
    },
  };
  for (const mount of [mountChatCompletions, mountResponses, mountStored, mountMessages, mountModels, mountExplain]) {
    mount(app, desk);
  }
  mountNotFound(app, desk);
});

const visit = async (method: string, path: string): Promise<{ entry: RouteEntry; refused: string | null }> => {
  await app.request(path, { method });
  return seen.at(-1)!;
};

describe('paths', () => {
  it('a slip of ours in a route is an internal error that brings its cause to the operator', async () => {
    const slip = new Error('a slip');
    app = new App();
    const desk: Desk = {
      gateway: { handle: () => {}, refuse: (_call, error) => void (cause = [error.code, error.cause]) },
      door: {
        receive(_env, _request, entry, deliver) {
          if (entry.hasBody) throw slip;
          deliver(makeCall(''), makeReply(), null);
          return new Response(null);
        },
      },
    };
    mountChatCompletions(app, desk);
    mountNotFound(app, desk);
    await app.request('/v1/chat/completions', { method: 'POST' });
    expect(cause).toEqual(['internal', slip]);
  });

  it.each([
    ['/chat/completions', 'Did you mean /v1/chat/completions?'],
    ['/v1/v1/chat/completions', 'Did you mean /v1/chat/completions?'],
    ['/v1/chat/completions/', 'Did you mean /v1/chat/completions?'],
    ['/v1/message', 'Did you mean /v1/messages?'],
    ['/v1/embeddings', 'Check the base URL: paths begin with /v1, for example /v1/chat/completions.'],
  ])('%s is not served, but what is near it is named', async (path, says) => {
    expect((await visit('POST', path)).refused).toBe('not-found');
    expect(hint).toBe(says);
  });

  it.each([
    ['POST', '/v1/messages/count_tokens?beta=true', 'count-tokens', null, true],
    ['POST', '/v1/responses/input_tokens', 'count-tokens', null, true],
    ['POST', '/v1/responses/compact', 'compact', null, true],
    ['GET', '/v1/responses/resp_1?stream=true&starting_after=2', 'get-response', 'resp_1', false],
    ['DELETE', '/v1/responses/resp_1', 'delete-response', 'resp_1', false],
    ['POST', '/v1/responses/resp_1/cancel', 'cancel-response', 'resp_1', false],
    ['GET', '/v1/responses/resp_1/input_items', 'list-input-items', 'resp_1', false],
    ['POST', '/v1/conversations', 'create-conversation', null, true],
    ['GET', '/v1/conversations/conv_1', 'get-conversation', 'conv_1', false],
    ['POST', '/v1/conversations/conv_1', 'update-conversation', 'conv_1', true],
    ['DELETE', '/v1/conversations/conv_1', 'delete-conversation', 'conv_1', false],
    ['GET', '/v1/conversations/conv_1/items', 'list-conversation-items', 'conv_1', false],
    ['POST', '/v1/conversations/conv_1/items', 'create-conversation-items', 'conv_1', true],
    ['GET', '/v1/conversations/conv_1/items/msg_1', 'get-conversation-item', 'conv_1/msg_1', false],
    ['DELETE', '/v1/conversations/conv_1/items/msg_1', 'delete-conversation-item', 'conv_1/msg_1', false],
  ])('%s %s', async (method, path, operation, target, hasBody) => {
    const { entry, refused } = await visit(method, path);
    expect(entry).toMatchObject({ operation, target, hasBody });
    expect(entry.surface).toBe(path.startsWith('/v1/messages') ? 'anthropic-messages' : 'openai-responses');
    expect(refused).toBeNull();
  });

  it.each([
    ['GET', '/v1/messages/count_tokens', 'method-not-allowed'],
    ['PUT', '/v1/responses/resp_1', 'method-not-allowed'],
    ['DELETE', '/v1/responses/resp_1/input_items', 'method-not-allowed'],
    ['GET', '/v1/conversations', 'method-not-allowed'],
    ['POST', '/v1/conversations/conv_1/items/msg_1', 'method-not-allowed'],
    ['POST', '/v1/responses/resp_1', 'not-found'],
    ['POST', '/v1/responses/resp_1/cancel/now', 'not-found'],
    ['GET', '/v1/responses/resp_1/other', 'not-found'],
  ])('%s %s is refused', async (method, path, code) => {
    expect((await visit(method, path)).refused).toBe(code);
  });

  it('are patterns that Hono compiles into one expression', async () => {
    await visit('POST', '/v1/chat/completions');
    const { router } = app;
    expect('activeRouter' in router && String((router.activeRouter as { name: string }).name)).toBe('RegExpRouter');
  });
});
