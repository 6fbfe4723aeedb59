/** One coarse timer for every deadline of a process: a tick costs one wake-up, and there is none while nothing waits. */
import type { Clock, Timer } from '../../core/clock.ts';

/** Resolution of the wheel, ms: an alarm rings at most one tick early and one late. */
export const TICK_MS = 50;

const SLOTS = 256;
const MASK = SLOTS - 1;

/** Something that wants to be woken at a deadline; one object, no closure per deadline. */
export abstract class Alarm {
  /** Monotonic ms; moving it later needs no other call, the wheel looks again when it passes by. */
  deadline = Infinity;
  /** Number of the tick at which the wheel looks at this alarm; -1 while it is not on the wheel. */
  lookAt = -1;
  before: Alarm | null = null;
  after: Alarm | null = null;
  /** The deadline has passed; the alarm is off the wheel. */
  abstract ring(): void;
}

/** A hashed wheel of 256 slots; alarms further away than a turn are looked at once per turn. */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #slots: (Alarm | null)[] = Array.from({ length: SLOTS }, () => null);
  readonly #turn = (): void => this.#advance();
  #timer: Timer | null = null;
  #waiting = 0;
  #now = 0;
  #cursor = 0;

  /** @param clock a wheel asks it for one timer of a tick at a time, only while alarms wait */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Monotonic ms, as of the last tick while alarms wait: good for deadlines, without reading the clock per chunk. */
  get now(): number {
    if (this.#waiting === 0) this.#now = this.#clock.tick();
    return this.#now;
  }

  /** How many alarms wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Sets the deadline of an alarm, monotonic ms; `Infinity` keeps it asleep without taking it off. */
  set(alarm: Alarm, deadline: number): void {
    alarm.deadline = deadline;
    if (alarm.lookAt === -1) {
      this.#start();
      this.#waiting++;
    } else if (deadline >= alarm.lookAt * TICK_MS) {
      return;
    } else {
      this.#unlink(alarm);
    }
    this.#link(alarm);
  }

  /** Takes an alarm off the wheel; harmless when it is not on it. */
  clear(alarm: Alarm): void {
    if (alarm.lookAt === -1) return;
    this.#unlink(alarm);
    alarm.lookAt = -1;
    this.#waiting--;
  }

  #start(): void {
    if (this.#waiting > 0 || this.#timer !== null) return;
    this.#now = this.#clock.tick();
    this.#cursor = Math.floor(this.#now / TICK_MS);
    this.#timer = this.#clock.after(TICK_MS, this.#turn);
  }

  #link(alarm: Alarm): void {
    const away = Math.min(Math.max(Math.ceil(alarm.deadline / TICK_MS) - this.#cursor, 1), SLOTS - 1);
    alarm.lookAt = this.#cursor + away;
    const slot = alarm.lookAt & MASK;
    const head = this.#slots[slot] ?? null;
    alarm.before = null;
    alarm.after = head;
    if (head !== null) head.before = alarm;
    this.#slots[slot] = alarm;
  }

  #unlink(alarm: Alarm): void {
    if (alarm.before === null) this.#slots[alarm.lookAt & MASK] = alarm.after;
    else alarm.before.after = alarm.after;
    if (alarm.after !== null) alarm.after.before = alarm.before;
    alarm.before = null;
    alarm.after = null;
  }

  #advance(): void {
    this.#timer = null;
    this.#now = this.#clock.tick();
    const last = Math.floor(this.#now / TICK_MS);
    // After a long sleep of the process one turn visits every slot; more would visit them again.
    if (last - this.#cursor > SLOTS) this.#cursor = last - SLOTS;
    while (this.#cursor < last) {
      this.#cursor++;
      this.#visit(this.#cursor & MASK);
    }
    if (this.#waiting > 0 && this.#timer === null) this.#timer = this.#clock.after(TICK_MS, this.#turn);
  }

  /** Alarms that are not due go to a later slot, never back to this one, so the loop ends. */
  #visit(slot: number): void {
    for (let alarm = this.#slots[slot]; alarm; alarm = this.#slots[slot]) {
      this.#unlink(alarm);
      if (alarm.deadline > this.#now) {
        this.#link(alarm);
        continue;
      }
      alarm.lookAt = -1;
      this.#waiting--;
      alarm.ring();
    }
  }
}
