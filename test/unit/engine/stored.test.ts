/** Responses that an upstream keeps: found again by who made them, there and nowhere else. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createRig, type Rig } from './rig.ts';
import { BACKENDS, create, MODELS, onlyFor, response, say, scene, stored } from './side-scene.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig(scene());
});

const urls = (): string[] => rig.transport.opened.map(({ request }) => `${request.method} ${request.url}`);

describe('previous_response_id', () => {
  it('goes back to the backend that made the response, bytes untouched', () => {
    create(rig, 'resp_1', { model: 'elsewhere' });
    const reply = say(rig, { previous_response_id: 'resp_1' });
    expect(urls()).toEqual(['POST http://other.test/v1/responses', 'POST http://other.test/v1/responses']);
    expect(rig.transport.last().body).toEqual({ model: 'big', input: 'Hello', previous_response_id: 'resp_1' });
    rig.transport.last().json(200, response('resp_2'));
    expect(reply.json).toMatchObject({ id: 'resp_2', model: 'assistant' });
  });

  it('is never taken elsewhere when its backend fails', () => {
    create(rig, 'resp_1');
    const reply = say(rig, { previous_response_id: 'resp_1' });
    const before = rig.transport.opened.length;
    rig.transport.last().json(500, { error: { message: 'broken' } });
    expect(rig.transport.opened.length).toBe(before);
    expect(reply.status).toBe(502);
  });

  it('may go on with another model of the same account', () => {
    create(rig, 'resp_1');
    say(rig, { model: 'mini', previous_response_id: 'resp_1' });
    expect(rig.transport.last().body).toMatchObject({ model: 'small', previous_response_id: 'resp_1' });
  });

  it('says so when the model does not lead to who keeps it, and sends nothing', () => {
    create(rig, 'resp_1');
    for (const model of ['elsewhere', 'plain', 'opus']) {
      const reply = say(rig, { model, previous_response_id: 'resp_1' });
      expect(reply.status).toBe(410);
      expect(reply.json.error).toMatchObject({ code: 'stored-out-of-reach', param: 'previous_response_id' });
    }
    expect(rig.transport.opened).toHaveLength(1);
  });

  it('of somebody else and of nobody are the same 404', () => {
    create(rig, 'resp_1');
    const foreign = say(rig, { previous_response_id: 'resp_1' }, { key: 'sk-bob' });
    const unknown = say(rig, { previous_response_id: 'resp_2' }, { key: 'sk-bob' });
    expect(foreign.status).toBe(404);
    expect(foreign.json.error).toMatchObject({
      code: 'previous_response_not_found',
      type: 'invalid_request_error',
      param: 'previous_response_id',
    });
    expect(foreign.text.replaceAll('resp_1', 'resp_2')).toBe(unknown.text);
    expect(rig.transport.opened).toHaveLength(1);
  });

  it.each(['', '../x', 'a b', 'x'.repeat(300), 'é'])('%j is unknown', (previous_response_id) => {
    expect(say(rig, { previous_response_id }).status).toBe(404);
    expect(rig.transport.opened).toHaveLength(0);
  });

  it('null is no reference', () => {
    say(rig, { previous_response_id: null });
    expect(rig.transport.opened).toHaveLength(1);
  });

  it('on a language that keeps nothing is unknown, not ignored', () => {
    const first = say(rig, { model: 'plain' });
    rig.transport.last().json(200, {
      id: 'chatcmpl-1',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
    });
    const { id } = first.json;
    expect(typeof id).toBe('string');
    expect(say(rig, { model: 'plain', previous_response_id: id }).status).toBe(404);
    expect(rig.transport.opened).toHaveLength(1);
  });

  it('of a response that was not to be stored is unknown', () => {
    create(rig, 'resp_1', { store: false });
    expect(say(rig, { previous_response_id: 'resp_1' }).status).toBe(404);
  });

  it('is learnt from a stream before it ends', () => {
    const { reply } = rig.ask(
      { model: 'assistant', input: 'Hello', stream: true },
      { surface: 'openai-responses', key: 'sk-ann' },
    );
    const opened = rig.transport.last();
    opened.stream();
    opened.send(
      `event: response.created\ndata: ${JSON.stringify({ type: 'response.created', sequence_number: 0, response: response('resp_s', { status: 'in_progress' }) })}\n\n`,
    );
    opened.send(
      'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":1,"item_id":"m","output_index":0,"content_index":0,"delta":"Hi"}\n\n',
    );
    expect(reply.ended).toBe(false);
    stored(rig, 'cancel-response', 'resp_s');
    expect(urls().at(-1)).toBe('POST http://main.test/v1/responses/resp_s/cancel');
  });

  it('is forgotten after its time', () => {
    create(rig, 'resp_1');
    rig.clock.advance(31 * 86_400_000);
    expect(say(rig, { previous_response_id: 'resp_1' }).status).toBe(404);
  });

  it('with a conversation beside it is refused', () => {
    const reply = say(rig, { previous_response_id: 'resp_1', conversation: 'conv_1' });
    expect(reply.status).toBe(400);
  });

  it('that the upstream lost is a 404 that blames nobody', () => {
    create(rig, 'resp_1');
    for (let i = 0; i < 6; i++) {
      const reply = say(rig, { previous_response_id: 'resp_1' });
      rig.transport.last().json(404, { error: { message: 'gone' } });
      expect(reply.json.error).toMatchObject({ code: 'previous_response_not_found' });
    }
    expect(rig.breakers()).toEqual([]);
  });
});

describe('a backend that changed', () => {
  const gone = async (backends: typeof BACKENDS, models = MODELS): Promise<void> => {
    create(rig, 'resp_1');
    await rig.install(scene({ backends, models }));
  };

  it('is gone: the follow-up says so', async () => {
    const { main: _main, mini: _mini, ...backends } = BACKENDS;
    await gone(backends, { assistant: MODELS['elsewhere']!, plain: MODELS['plain']! });
    for (const reply of [say(rig, { previous_response_id: 'resp_1' }), stored(rig, 'get-response', 'resp_1')]) {
      expect(reply.status).toBe(410);
      expect(reply.json.error).toMatchObject({ code: 'stored-out-of-reach' });
    }
    expect(rig.transport.opened).toHaveLength(1);
  });

  it('has another key: another account', async () => {
    await gone({ ...BACKENDS, main: { ...BACKENDS['main']!, key: 'sk-new' } });
    expect(stored(rig, 'get-response', 'resp_1').status).toBe(410);
  });

  it('was renamed: the account is the same', async () => {
    const { main, ...rest } = BACKENDS;
    const models = { ...MODELS, assistant: { ...MODELS['assistant']!, backends: [{ id: 'renamed', weight: 1 }] } };
    await gone({ ...rest, renamed: main! }, models);
    stored(rig, 'get-response', 'resp_1');
    expect(urls().at(-1)).toBe('GET http://main.test/v1/responses/resp_1');
  });

  it('is not permitted any more', async () => {
    create(rig, 'resp_1');
    const backends = { ...BACKENDS, other: { ...BACKENDS['other']!, facts: { 'operator.country': 'DE' } } };
    const constraints = [{ id: 'german', require: { 'operator.country': { in: ['DE'] } } }];
    await rig.install(scene({ backends, constraints } as Parameters<typeof scene>[0]));
    for (const reply of [say(rig, { previous_response_id: 'resp_1' }), stored(rig, 'delete-response', 'resp_1')]) {
      expect(reply.status).toBe(403);
      expect(reply.json.error).toMatchObject({ code: 'policy-no-eligible-backend' });
      expect(String(reply.json.error?.['message'])).toContain('Only that backend keeps the response');
    }
    expect(rig.transport.opened).toHaveLength(1);
  });

  it('is one of a model that the key may not use any more', async () => {
    create(rig, 'resp_1');
    await rig.install(scene({ keys: onlyFor('mini') }));
    expect(stored(rig, 'get-response', 'resp_1').status).toBe(410);
    expect(say(rig, { previous_response_id: 'resp_1' }).status).toBe(404);
    expect(rig.transport.opened).toHaveLength(1);
  });
});

describe('what is asked of a stored response', () => {
  beforeEach(() => void create(rig, 'resp_1'));

  it('get passes on the document, with the name that was asked for', () => {
    const reply = stored(rig, 'get-response', 'resp_1', { query: 'include[]=reasoning.encrypted_content' });
    const { request } = rig.transport.last();
    expect(urls().at(-1)).toBe('GET http://main.test/v1/responses/resp_1?include[]=reasoning.encrypted_content');
    expect(request.body.byteLength).toBe(0);
    expect(request.headers).not.toContain('content-type');
    const failed = response('resp_1', { status: 'failed', error: { code: 'server_error', message: 'x' } });
    rig.transport.last().json(200, failed);
    expect(reply.json).toEqual({ ...failed, model: 'assistant' });
    expect(reply.headers['x-thalweg-backend']).toBe('main');
    expect(rig.exchanges().at(-1)).toMatchObject({ operation: 'get-response', outcome: 'ok', usage: null, key: 'ann' });
  });

  it('get with stream replays the events from where the client is', () => {
    const reply = stored(rig, 'get-response', 'resp_1', { query: 'stream=true&starting_after=3' });
    const opened = rig.transport.last();
    expect(opened.request.url).toBe('http://main.test/v1/responses/resp_1?stream=true&starting_after=3');
    expect(opened.request.headers).toContain('text/event-stream');
    opened.stream();
    const end = `event: response.completed\ndata: ${JSON.stringify({ type: 'response.completed', sequence_number: 4, response: response('resp_1', { model: 'assistant' }) })}\n\n`;
    opened.send(end);
    opened.end();
    expect(reply.text).toBe(end);
    expect(reply.ended).toBe(true);
    expect(rig.exchanges().at(-1)).toMatchObject({ stream: true, usage: null, costUsd: null });
  });

  const event = (type: string, sequence_number: number, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...more })}\n\n`;
  const replay = (query = 'stream=true'): ReturnType<typeof stored> => {
    const reply = stored(rig, 'get-response', 'resp_1', { query });
    rig.transport.last().stream();
    return reply;
  };

  it('a replay begins with its first event, under the name that was asked for', () => {
    const reply = replay();
    rig.transport.last().send(event('response.queued', 0, { response: response('resp_1', { status: 'queued' }) }));
    expect(reply.text).toContain('"status":"queued","model":"assistant"');
    rig.transport.last().end();
    expect(reply.text).toContain('event: error');
    expect(rig.exchanges().at(-1)).toMatchObject({ outcome: 'failed', code: 'upstream-truncated' });
  });

  it('a replay of a failure is the failure, and blames nobody', () => {
    for (let i = 0; i < 6; i++) {
      const reply = replay();
      const error = { code: 'server_error', message: 'It broke.' };
      const failed = event('response.failed', 3, {
        response: response('resp_1', { status: 'failed', error, model: 'assistant' }),
      });
      rig.transport.last().send(failed);
      expect(reply.text).toBe(failed);
      expect(reply.ended).toBe(true);
    }
    expect(rig.breakers()).toEqual([]);
  });

  it('a replay after the last event is empty and whole; one that is no event stream is an error', () => {
    const empty = replay('stream=true&starting_after=9');
    rig.transport.last().end();
    expect([empty.status, empty.text, empty.ended]).toEqual([200, '', true]);
    const odd = replay();
    rig.transport.last().send('data: {"a":\n\n');
    expect(odd.status).toBe(502);
  });

  it.each([
    ['cancel-response', 'POST http://main.test/v1/responses/resp_1/cancel'],
    ['list-input-items', 'GET http://main.test/v1/responses/resp_1/input_items?limit=2&order=asc'],
  ] as const)('%s', (operation, url) => {
    const query = operation === 'list-input-items' ? 'limit=2&order=asc' : '';
    const reply = stored(rig, operation, 'resp_1', { query });
    expect(urls().at(-1)).toBe(url);
    rig.transport.last().json(200, { object: 'list', data: [] });
    expect(reply.json).toEqual({ object: 'list', data: [] });
  });

  it('delete forgets', () => {
    const reply = stored(rig, 'delete-response', 'resp_1');
    expect(urls().at(-1)).toBe('DELETE http://main.test/v1/responses/resp_1');
    rig.transport.last().json(200, { id: 'resp_1', object: 'response', deleted: true });
    expect(reply.json).toMatchObject({ deleted: true });
    expect(stored(rig, 'get-response', 'resp_1').status).toBe(404);
  });

  it('a delete that failed forgets nothing', () => {
    stored(rig, 'delete-response', 'resp_1');
    rig.transport.last().json(500, {});
    stored(rig, 'get-response', 'resp_1');
    expect(urls().at(-1)).toBe('GET http://main.test/v1/responses/resp_1');
  });

  it('a foreign key gets the same 404 as for what is not there, on every operation', () => {
    for (const operation of ['get-response', 'cancel-response', 'delete-response', 'list-input-items'] as const) {
      const foreign = stored(rig, operation, 'resp_1', { key: 'sk-bob' });
      const unknown = stored(rig, operation, 'resp_9', { key: 'sk-bob' });
      expect([foreign.status, unknown.status]).toEqual([404, 404]);
      expect(foreign.text.replaceAll('resp_1', 'resp_9')).toBe(unknown.text);
    }
    expect(rig.transport.opened).toHaveLength(1);
  });

  it('a query that carries a key is refused and goes nowhere', () => {
    for (const query of ['key=sk-ann', 'limit=1&api_key=x', 'access_token=x', 'a=<b>']) {
      expect(stored(rig, 'get-response', 'resp_1', { query }).status).toBe(400);
    }
    expect(rig.transport.opened).toHaveLength(1);
  });

  it('errors of the upstream keep their words, and a 404 is one', () => {
    const refused = stored(rig, 'cancel-response', 'resp_1');
    rig.transport.last().json(400, { error: { message: 'Only background responses can be cancelled.', code: 'bad' } });
    expect(refused.status).toBe(400);
    expect(refused.json.error).toMatchObject({ code: 'bad' });
    const missing = stored(rig, 'get-response', 'resp_1');
    rig.transport.last().json(404, { error: { message: "Response with id 'resp_1' not found." } });
    expect(missing.status).toBe(404);
    expect(missing.json.error).toMatchObject({ code: 'stored-not-found' });
  });
});
