/** A store that answers later, or not at all: what is referred to is waited for, and nothing is guessed. */
import { describe, expect, it } from 'vitest';
import type { KeyValue } from '../../../src/core/stores.ts';
import { createMemoryStore } from '../../../src/state/memory.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createRig, type Rig } from './rig.ts';
import { create, response, say, scene, stored } from './side-scene.ts';

/** A store across a network; `down` makes every call fail. */
class SlowStore implements KeyValue {
  down = false;
  readonly #memory = createMemoryStore({ clock: createManualClock(), maxEntries: 100 });

  get = (key: string) => this.#later(() => this.#memory.get(key));
  put = (key: string, value: Uint8Array) => this.#later(() => this.#memory.put(key, value));
  putIfAbsent = (key: string, value: Uint8Array) => this.#later(() => this.#memory.putIfAbsent(key, value));
  remove = (key: string) => this.#later(() => this.#memory.remove(key));

  async #later<T>(f: () => T): Promise<T> {
    await Promise.resolve();
    if (this.down) throw new Error('the store is down');
    return f();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function slowRig(): Promise<{ rig: Rig; store: SlowStore }> {
  const store = new SlowStore();
  return { rig: await createRig(scene(), { store }), store };
}

describe('a store that answers later', () => {
  it('finds responses and conversations again, for their maker alone', async () => {
    const { rig } = await slowRig();
    create(rig, 'resp_1', { model: 'elsewhere' });
    await settle();
    say(rig, { previous_response_id: 'resp_1' });
    expect(rig.transport.opened).toHaveLength(1);
    await settle();
    expect(rig.transport.last().request.url).toBe('http://other.test/v1/responses');
    const foreign = stored(rig, 'get-response', 'resp_1', { key: 'sk-bob' });
    const unknown = say(rig, { previous_response_id: 'resp_2' });
    await settle();
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    const options = {
      surface: 'openai-responses',
      operation: 'create-conversation',
      query: 'model=elsewhere',
    } as const;
    rig.ask({}, { ...options, key: 'sk-ann' });
    rig.transport.last().json(200, { id: 'conv_1', object: 'conversation' });
    await settle();
    say(rig, { conversation: 'conv_1' });
    await settle();
    expect(rig.transport.last().body).toMatchObject({ conversation: 'conv_1' });
    stored(rig, 'delete-conversation', 'conv_1');
    await settle();
    rig.transport.last().json(200, { id: 'conv_1', deleted: true });
    await settle();
    const after = stored(rig, 'get-conversation', 'conv_1');
    await settle();
    expect(after.status).toBe(404);
  });

  it('compacts what continues a response where that is kept', async () => {
    const { rig } = await slowRig();
    create(rig, 'resp_1', { model: 'elsewhere' });
    await settle();
    say(rig, { previous_response_id: 'resp_1' }, { operation: 'compact' });
    await settle();
    expect(rig.transport.last().request.url).toBe('http://other.test/v1/responses/compact');
  });

  it('asks nobody for a client that left meanwhile', async () => {
    const { rig } = await slowRig();
    create(rig, 'resp_1');
    await settle();
    const { call } = rig.ask(
      { model: 'assistant', input: 'x', previous_response_id: 'resp_1' },
      { surface: 'openai-responses', key: 'sk-ann' },
    );
    call.leave();
    await settle();
    expect(rig.transport.opened).toHaveLength(1);
    expect(rig.exchanges().filter(({ outcome }) => outcome === 'client-gone')).toHaveLength(1);
  });

  it('and fails: the answer stands, the operator hears why, and a follow-up is an error instead of a guess', async () => {
    const { rig, store } = await slowRig();
    store.down = true;
    const reply = create(rig, 'resp_1');
    expect(reply.json).toMatchObject({ id: 'resp_1' });
    await settle();
    expect(rig.notices().map(({ name }) => name)).toEqual(['internal-error']);
    const next = say(rig, { previous_response_id: 'resp_1' });
    await settle();
    expect(next.status).toBe(500);
    expect(rig.transport.opened).toHaveLength(1);
    say(rig, {});
    rig.transport.last().json(200, response('resp_2'));
    expect(rig.exchanges().at(-1)?.outcome).toBe('ok');
    await settle();
  });
});
