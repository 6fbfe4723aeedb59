/** Pools under way: slots are held while an answer runs, the queue is honest, and whoever leaves gives its slot back. */
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/core/gateway-error.ts';
import type { WholeConfig } from '../../../src/core/config.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';
import { chat, chunk, completion, createRig, ending, type Rig } from './rig.ts';

function config({ depth = 1, fallback = false } = {}): WholeConfig {
  const backends = { a: backendAt('http://a.test/v1'), ...(fallback ? { b: backendAt('http://b.test/v1') } : {}) };
  const candidates = Object.keys(backends).map((id) => ({ id, weight: 1 }));
  return {
    ...wholeConfig({ backends, models: { '*': { backends: candidates, pick: 'ordered', answer: 'asked' } } }),
    pools: { local: { backends: ['a'], limit: 1, queue: { max_wait: 800, max_depth: depth } } },
  };
}

const hosts = (rig: Rig): string[] => rig.transport.opened.map(({ request }) => new URL(request.url).hostname);
const pool = (rig: Rig) => rig.engine.live().board.pools[0]!;

describe('a pool with one slot', () => {
  it('lets the second request wait until the first is answered', async () => {
    const rig = await createRig(config());
    const [first, second] = [rig.ask(chat()), rig.ask(chat())];
    expect(hosts(rig)).toEqual(['a.test']);
    rig.transport.last().json(200, completion());
    expect(first.reply.status).toBe(200);
    expect(hosts(rig)).toEqual(['a.test', 'a.test']);
    rig.transport.last().json(200, completion());
    expect(second.reply.status).toBe(200);
    expect([pool(rig).running, pool(rig).waiting]).toEqual([0, 0]);
  });

  it('holds the slot until a stream is over, also when it breaks', async () => {
    const rig = await createRig(config());
    rig.ask(chat({ stream: true }));
    rig.transport.last().stream();
    rig.transport.last().send(chunk({ content: 'Hi' }));
    rig.ask(chat({ stream: true }));
    expect(hosts(rig)).toHaveLength(1);
    rig.transport.last().handler.fail(new GatewayError('upstream-reset'));
    expect(hosts(rig)).toHaveLength(2);
    rig.transport.last().stream();
    rig.transport.last().send(chunk({ content: 'Hi' }) + ending());
    rig.transport.last().end();
    expect(pool(rig).running).toBe(0);
  });

  it('goes to the next backend when the wait is too long or the queue is full', async () => {
    const rig = await createRig(config({ fallback: true }));
    rig.ask(chat());
    rig.ask(chat());
    rig.ask(chat());
    expect(hosts(rig)).toEqual(['a.test', 'b.test']);
    rig.clock.advance(800);
    expect(hosts(rig)).toEqual(['a.test', 'b.test', 'b.test']);
    expect(pool(rig).waiting).toBe(0);
  });

  it('says 503 with a time when there is nowhere else', async () => {
    const rig = await createRig(config({ depth: 0 }));
    rig.ask(chat());
    const { reply } = rig.ask(chat());
    expect(reply.status).toBe(503);
    expect(reply.headers['x-thalweg-code']).toBe('capacity-exhausted-within-policy');
    expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(rig.exchanges().at(-1)).toMatchObject({ outcome: 'refused', attempts: [] });
  });

  it('gets its slot and its place in the queue back from clients that leave', async () => {
    const rig = await createRig(config());
    const [first, second] = [rig.ask(chat()), rig.ask(chat())];
    second.call.leave();
    expect(pool(rig).waiting).toBe(0);
    first.call.leave();
    expect([pool(rig).running, pool(rig).waiting]).toEqual([0, 0]);
    expect(hosts(rig)).toEqual(['a.test']);
  });

  it('keeps count across a reload that leaves it as it is', async () => {
    const rig = await createRig(config());
    rig.ask(chat());
    await rig.install(config());
    const { reply } = rig.ask(chat());
    expect(hosts(rig)).toHaveLength(1);
    rig.transport.last().json(200, completion());
    rig.transport.last().json(200, completion());
    expect(reply.status).toBe(200);
    expect(pool(rig).running).toBe(0);
  });
});
