/** Conversations that an upstream keeps: made at one account, continued there, reached by nobody else. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createRig, type Rig } from './rig.ts';
import { onlyFor, response, say, scene, stored } from './side-scene.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig(scene());
});

const RESPONSES = { surface: 'openai-responses', key: 'sk-ann' } as const;
const lastUrl = (): string => `${rig.transport.last().request.method} ${rig.transport.last().request.url}`;

function begin(query = 'model=elsewhere'): void {
  rig.ask({ metadata: { topic: 'x' } }, { ...RESPONSES, operation: 'create-conversation', query });
  rig.transport.last().json(200, { id: 'conv_1', object: 'conversation', created_at: 1, metadata: { topic: 'x' } });
}

describe('a new conversation', () => {
  it('is made at the model that the query names; the rest of the query and the body go on', () => {
    begin('a=1&model=elsewhere&b=2');
    expect(lastUrl()).toBe('POST http://other.test/v1/conversations?a=1&b=2');
    expect(rig.transport.last().body).toEqual({ metadata: { topic: 'x' } });
  });

  it('needs a model only where several accounts keep conversations', async () => {
    const { reply } = rig.ask({}, { ...RESPONSES, operation: 'create-conversation' });
    expect(reply.status).toBe(400);
    expect(reply.json.error).toMatchObject({ code: 'missing_required_parameter', param: 'model' });
    await rig.install(scene({ keys: onlyFor('elsewhere', 'plain') }));
    begin('');
    expect(lastUrl()).toBe('POST http://other.test/v1/conversations');
  });

  it('is refused where nobody keeps conversations', async () => {
    const named = rig.ask({}, { ...RESPONSES, operation: 'create-conversation', query: 'model=plain' }).reply;
    expect(named.json.error).toMatchObject({ code: 'request-unsatisfiable' });
    await rig.install(scene({ keys: onlyFor('plain') }));
    const any = rig.ask({}, { ...RESPONSES, operation: 'create-conversation' }).reply;
    expect(any.json.error).toMatchObject({ code: 'request-unsatisfiable' });
    expect(rig.transport.opened).toHaveLength(0);
  });

  it('is asked for once: a second try might make a second one', () => {
    const { reply } = rig.ask({}, { ...RESPONSES, operation: 'create-conversation', query: 'model=assistant' });
    rig.transport.last().json(503, {});
    expect(reply.status).toBe(503);
    expect(rig.transport.opened).toHaveLength(1);
  });

  it('may not choose its own upstream', () => {
    const options = { ...RESPONSES, operation: 'create-conversation', query: 'model=elsewhere' } as const;
    expect(rig.ask({ base_url: 'http://evil.test' }, options).reply.status).toBe(400);
    expect(rig.ask('{"metadata":{},"metadata":{}}', options).reply.status).toBe(400);
    expect(rig.transport.opened).toHaveLength(0);
  });
});

describe('a conversation', () => {
  beforeEach(() => begin());

  it.each([['conv_1'], [{ id: 'conv_1' }]])('is continued where it is kept: %j', (conversation) => {
    say(rig, { conversation });
    expect(lastUrl()).toBe('POST http://other.test/v1/responses');
    expect(rig.transport.last().body).toMatchObject({ conversation });
    rig.transport.last().json(200, response('resp_1'));
    stored(rig, 'get-response', 'resp_1');
    expect(lastUrl()).toBe('GET http://other.test/v1/responses/resp_1');
  });

  it.each([
    ['get-conversation', 'conv_1', 'GET http://other.test/v1/conversations/conv_1'],
    ['update-conversation', 'conv_1', 'POST http://other.test/v1/conversations/conv_1'],
    ['list-conversation-items', 'conv_1', 'GET http://other.test/v1/conversations/conv_1/items'],
    ['create-conversation-items', 'conv_1', 'POST http://other.test/v1/conversations/conv_1/items'],
    ['get-conversation-item', 'conv_1/msg_1', 'GET http://other.test/v1/conversations/conv_1/items/msg_1'],
    ['delete-conversation-item', 'conv_1/msg_1', 'DELETE http://other.test/v1/conversations/conv_1/items/msg_1'],
    ['delete-conversation', 'conv_1', 'DELETE http://other.test/v1/conversations/conv_1'],
  ] as const)('%s', (operation, target, url) => {
    const body = operation.startsWith('create') || operation.startsWith('update') ? { items: [] } : '';
    rig.ask(body, { ...RESPONSES, operation, target });
    expect(lastUrl()).toBe(url);
    rig.transport.last().json(200, { id: 'conv_1', object: 'conversation.deleted', deleted: true });
    const after = say(rig, { conversation: 'conv_1' });
    expect(after.status).toBe(operation === 'delete-conversation' ? 404 : null);
    const foreign = stored(rig, operation, target, { key: 'sk-bob' });
    expect(foreign.status).toBe(404);
    expect(foreign.json.error).toMatchObject({ code: 'stored-not-found' });
  });

  it.each(['a b', '..', '%2e%2e', 'x/y', ''])('an item %j is not there', (item) => {
    expect(stored(rig, 'get-conversation-item', `conv_1/${item}`).status).toBe(404);
    expect(rig.transport.opened).toHaveLength(1);
  });

  it('lives for as long as it is used', () => {
    for (let month = 0; month < 3; month++) {
      rig.clock.advance(20 * 86_400_000);
      say(rig, { conversation: 'conv_1' });
      rig.transport.last().json(200, response(`resp_${month}`));
    }
    expect(rig.transport.opened).toHaveLength(4);
    rig.clock.advance(31 * 86_400_000);
    expect(say(rig, { conversation: 'conv_1' }).status).toBe(404);
  });

  it.each([
    ['{"id":"conv_1","id":"conv_2"}', 400],
    ['{"id":7}', 400],
    ['{}', 400],
    ['7', 400],
    ['""', 400],
    ['"conv_2"', 404],
    ['"../conv_1"', 404],
  ])('%s is refused', (conversation, status) => {
    const body = `{"model":"assistant","input":"Hello","conversation":${conversation}}`;
    expect(rig.ask(body, RESPONSES).reply.status).toBe(status);
    expect(rig.transport.opened).toHaveLength(1);
  });
});
