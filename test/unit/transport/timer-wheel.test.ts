/** The timer wheel rings every alarm once, within a tick of its deadline, and sleeps when nothing waits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Alarm, TICK_MS, TimerWheel } from '../../../src/transport/node/timer-wheel.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

class Bell extends Alarm {
  rangAt: number | null = null;
  readonly #clock: ManualClock;
  readonly #then: (() => void) | null;

  constructor(clock: ManualClock, then: (() => void) | null = null) {
    super();
    this.#clock = clock;
    this.#then = then;
  }

  ring(): void {
    if (this.rangAt !== null) throw new Error('rang twice');
    this.rangAt = this.#clock.tick();
    this.#then?.();
  }
}

function setUp() {
  const clock = createManualClock();
  return { clock, wheel: new TimerWheel(clock) };
}

describe('timer wheel', () => {
  it('asks the clock for nothing while nothing waits', () => {
    const { clock, wheel } = setUp();
    const bell = new Bell(clock);
    expect(clock.waiting).toBe(0);
    wheel.set(bell, wheel.now + 120);
    expect([clock.waiting, wheel.waiting]).toEqual([1, 1]);
    clock.advance(1000);
    expect(bell.rangAt).not.toBeNull();
    expect([clock.waiting, wheel.waiting]).toEqual([0, 0]);
  });

  it('shares one timer among all alarms', () => {
    const { clock, wheel } = setUp();
    const bells = Array.from({ length: 500 }, (_, i) => ({ bell: new Bell(clock), ms: i * 7 }));
    for (const { bell, ms } of bells) wheel.set(bell, wheel.now + ms);
    expect(clock.waiting).toBe(1);
    clock.advance(4000);
    expect(bells.every(({ bell }) => bell.rangAt !== null)).toBe(true);
  });

  it('forgets an alarm that was cleared, also when another one clears it while it rings', () => {
    const { clock, wheel } = setUp();
    const victim = new Bell(clock);
    const killer = new Bell(clock, () => wheel.clear(victim));
    const cleared = new Bell(clock);
    wheel.set(victim, wheel.now + 100);
    wheel.set(killer, wheel.now + 100);
    wheel.set(cleared, wheel.now + 100);
    wheel.clear(cleared);
    wheel.clear(cleared);
    clock.advance(500);
    expect([killer.rangAt !== null, victim.rangAt, cleared.rangAt, wheel.waiting]).toEqual([true, null, null, 0]);
  });

  it('can be set again from inside a ring', () => {
    const { clock, wheel } = setUp();
    const second = new Bell(clock);
    const first = new Bell(clock, () => wheel.set(second, wheel.now + 100));
    wheel.set(first, wheel.now + 50);
    clock.advance(500);
    expect(second.rangAt! - first.rangAt!).toBeGreaterThanOrEqual(100);
    expect(second.rangAt! - first.rangAt!).toBeLessThanOrEqual(100 + 2 * TICK_MS);
  });

  it('keeps an alarm asleep at Infinity', () => {
    const { clock, wheel } = setUp();
    const bell = new Bell(clock);
    wheel.set(bell, Infinity);
    clock.advance(100_000);
    expect(bell.rangAt).toBeNull();
    wheel.set(bell, wheel.now + 10);
    clock.advance(200);
    expect(bell.rangAt).not.toBeNull();
  });

  it('survives a process that slept for longer than a turn', () => {
    const { clock, wheel } = setUp();
    const bells = [10, 5000, 20_000, 60_000].map((ms) => ({ ms, bell: new Bell(clock) }));
    for (const { bell, ms } of bells) wheel.set(bell, wheel.now + ms);
    // One late wake-up instead of many on time: the manual clock calls the pending timer after the jump.
    const late: ManualClock = clock;
    late.advance(61_000);
    expect(bells.every(({ bell }) => bell.rangAt !== null)).toBe(true);
  });

  it('rings within a tick of whatever the deadline was last moved to', () => {
    const move = fc.record({ after: fc.integer({ min: 0, max: 400 }), to: fc.integer({ min: 0, max: 40_000 }) });
    const plan = fc.array(fc.array(move, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(plan, (alarms) => {
        const { clock, wheel } = setUp();
        const all = alarms.map((moves) => ({ bell: new Bell(clock), moves: [...moves], wanted: Infinity, at: 0 }));
        for (let step = 0; step < 6; step++) {
          for (const alarm of all) {
            const next = alarm.moves.shift();
            if (next === undefined || alarm.bell.rangAt !== null) continue;
            alarm.wanted = clock.tick() + next.to;
            wheel.set(alarm.bell, alarm.wanted);
          }
          clock.advance(alarms[0]![step % alarms[0]!.length]!.after);
        }
        clock.advance(60_000);
        for (const { bell, wanted } of all) {
          expect(bell.rangAt).not.toBeNull();
          expect(bell.rangAt! - wanted).toBeGreaterThanOrEqual(0);
          expect(bell.rangAt! - wanted).toBeLessThanOrEqual(2 * TICK_MS);
        }
        expect([wheel.waiting, clock.waiting]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
