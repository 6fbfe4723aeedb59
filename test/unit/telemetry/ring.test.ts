/** The ring: batches off the path, bounded, each reader on its own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../../../src/core/recorder.ts';
import { createRing, type Reader } from '../../../src/telemetry/index.ts';
import { notice } from './records.ts';

/** A scheduler that runs what was booked when the test says so. */
function manual() {
  const booked: (() => void)[] = [];
  return {
    booked,
    schedule: (f: () => void) => void booked.push(f),
    run() {
      for (const f of booked.splice(0)) f();
    },
  };
}

/** A reader that keeps the times of what it got. */
function collector(id = 'collector') {
  const got: number[] = [];
  const batches: number[] = [];
  const reader: Reader = {
    id,
    read(batch) {
      batches.push(batch.length);
      got.push(...batch.map(({ at }) => at));
    },
  };
  return { reader, got, batches };
}

const event = (at: number): GatewayEvent => notice({ at });

describe('createRing', () => {
  it('schedules once per burst and hands over in order', () => {
    const time = manual();
    const { reader, got, batches } = collector();
    const ring = createRing({ capacity: 8, readers: [reader], schedule: time.schedule });
    for (let i = 0; i < 5; i++) ring.record(event(i));
    expect(time.booked).toHaveLength(1);
    expect(got).toEqual([]);
    time.run();
    expect(got).toEqual([0, 1, 2, 3, 4]);
    expect(batches).toEqual([5]);
    ring.record(event(5));
    expect(time.booked).toHaveLength(1);
    time.run();
    expect(got).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ring.drops()).toBe(0);
  });

  it('cuts a large burst into batches with other work in between', () => {
    const time = manual();
    const { reader, got, batches } = collector();
    const ring = createRing({ capacity: 2000, readers: [reader], schedule: time.schedule });
    for (let i = 0; i < 1100; i++) ring.record(event(i));
    time.run();
    expect(batches).toEqual([512]);
    time.run();
    time.run();
    expect(batches).toEqual([512, 512, 76]);
    expect(got).toHaveLength(1100);
    expect(time.booked).toHaveLength(0);
  });

  it('overwrites the oldest when full and counts what each reader missed', () => {
    const time = manual();
    const one = collector('one');
    const ring = createRing({ capacity: 3, readers: [one.reader], schedule: time.schedule });
    for (let i = 0; i < 10; i++) ring.record(event(i));
    expect(ring.drops()).toBe(7);
    time.run();
    expect(one.got).toEqual([7, 8, 9]);
    expect(ring.losses()).toEqual([{ reader: 'one', dropped: 7, failed: 0 }]);
  });

  it('keeps a throwing reader from hurting the others', () => {
    const time = manual();
    const good = collector('good');
    const bad: Reader = {
      id: 'bad',
      read() {
        throw new Error('broken');
      },
    };
    const ring = createRing({ capacity: 4, readers: [bad, good.reader], schedule: time.schedule });
    ring.record(event(1));
    time.run();
    ring.record(event(2));
    time.run();
    expect(good.got).toEqual([1, 2]);
    expect(ring.losses()).toEqual([
      { reader: 'bad', dropped: 0, failed: 2 },
      { reader: 'good', dropped: 0, failed: 0 },
    ]);
  });

  it('keeps the events of a reader that is not ready and drops only its own', () => {
    const time = manual();
    const fast = collector('fast');
    const slow = collector('slow');
    let ready = false;
    const ring = createRing({
      capacity: 4,
      readers: [{ ...slow.reader, ready: () => ready }, fast.reader],
      schedule: time.schedule,
    });
    for (let i = 0; i < 3; i++) ring.record(event(i));
    time.run();
    for (let i = 3; i < 6; i++) ring.record(event(i));
    time.run();
    expect(fast.got).toEqual([0, 1, 2, 3, 4, 5]);
    expect(slow.got).toEqual([]);
    ready = true;
    ring.flush();
    expect(slow.got).toEqual([2, 3, 4, 5]);
    expect(ring.losses()).toEqual([
      { reader: 'slow', dropped: 2, failed: 0 },
      { reader: 'fast', dropped: 0, failed: 0 },
    ]);
  });

  it('hands out everything on close, ready or not, and takes nothing afterwards', () => {
    const time = manual();
    const { reader, got } = collector();
    const ring = createRing({ capacity: 8, readers: [{ ...reader, ready: () => false }], schedule: time.schedule });
    ring.record(event(1));
    ring.flush();
    expect(got).toEqual([]);
    ring.close();
    ring.record(event(2));
    time.run();
    ring.close();
    expect(got).toEqual([1]);
  });

  it('loses nothing silently: taken and dropped add up for every interleaving', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.oneof(fc.constant('record'), fc.constant('run'), fc.constant('flush'), fc.constant('toggle'))),
        (capacity, steps) => {
          const time = manual();
          const plain = collector('plain');
          const moody = collector('moody');
          let ready = true;
          const readers = [plain.reader, { ...moody.reader, ready: () => ready }];
          const ring = createRing({ capacity, readers, schedule: time.schedule });
          let written = 0;
          for (const step of steps) {
            if (step === 'record') ring.record(event(written++));
            else if (step === 'run') time.run();
            else if (step === 'flush') ring.flush();
            else ready = !ready;
          }
          ring.close();
          const [first, second] = ring.losses();
          expect(plain.got.length + (first?.dropped ?? 0)).toBe(written);
          expect(moody.got.length + (second?.dropped ?? 0)).toBe(written);
          expect(moody.got).toEqual(moody.got.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  it('refuses a capacity that holds nothing', () => {
    expect(() => createRing({ capacity: 0, readers: [], schedule: () => undefined })).toThrow(RangeError);
  });
});
