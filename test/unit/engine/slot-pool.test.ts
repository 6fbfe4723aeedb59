/** Slot pools: slots are never given twice, the queue is fair and short, and nobody waits for ever. */
import { describe, expect, it } from 'vitest';
import { SlotPool, type SlotListener } from '../../../src/engine/slot-pool.ts';
import { createManualClock } from '../../support/manual-clock.ts';

function createScene(slots = 1, maxWaiting = 2) {
  const clock = createManualClock();
  const pool = new SlotPool({ id: 'local', slots, maxWaitMs: 800, maxWaiting }, clock);
  const heard: string[] = [];
  const listener = (name: string): SlotListener => ({
    granted: () => heard.push(`${name} granted`),
    expired: () => heard.push(`${name} expired`),
  });
  return { clock, pool, heard, listener };
}

describe('a slot pool', () => {
  it('gives slots while there are some, then queues, then is full', () => {
    const { pool, listener } = createScene();
    expect(['a', 'b', 'c', 'd'].map((name) => pool.enter(listener(name)))).toEqual([true, false, false, null]);
    expect([pool.running, pool.waiting]).toEqual([1, 2]);
  });

  it('hands a slot that comes free to the first in the queue', () => {
    const { pool, heard, listener, clock } = createScene();
    for (const name of ['a', 'b', 'c']) pool.enter(listener(name));
    pool.leave(500);
    pool.leave(500);
    expect(heard).toEqual(['b granted', 'c granted']);
    pool.leave(500);
    expect([pool.running, pool.waiting, clock.waiting]).toEqual([0, 0, 0]);
  });

  it('ends a wait that is too long', () => {
    const { pool, heard, listener, clock } = createScene();
    for (const name of ['a', 'b']) pool.enter(listener(name));
    clock.advance(800);
    expect(heard).toEqual(['b expired']);
    pool.leave(900);
    expect(pool.running).toBe(0);
  });

  it('lets go of those who withdraw, and does not mind strangers', () => {
    const { pool, heard, listener, clock } = createScene();
    const b = listener('b');
    pool.enter(listener('a'));
    pool.enter(b);
    pool.withdraw(b);
    pool.withdraw(b);
    pool.leave(1);
    clock.advance(5000);
    expect(heard).toEqual([]);
    expect([pool.running, pool.waiting, clock.waiting]).toEqual([0, 0, 0]);
  });

  it('knows how long a slot is held, and raises its price while it is full', () => {
    const { pool, listener } = createScene();
    const before = pool.usdPerSlotMs;
    pool.enter(listener('a'));
    for (let i = 0; i < 100; i++) pool.wanted();
    expect(pool.usdPerSlotMs).toBeGreaterThan(before);
    pool.leave(1000);
    expect(pool.holdMs).toBe(1000);
  });
});
