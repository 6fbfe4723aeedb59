/** Prices that depend on the hour: which of them holds at a moment. */

/** USD per million tokens. A null part is unknown. */
export interface Rates {
  readonly inputUsd: number | null;
  readonly outputUsd: number | null;
  readonly cachedInputUsd: number | null;
  readonly cacheWriteUsd: number | null;
}

/** Rates that replace the common ones at some hours of every day. */
export interface PriceWindow extends Rates {
  /** From when on there is such a window, ms since the epoch. */
  readonly fromAt: number;
  /** Minutes of the day in UTC; the end is not in it. */
  readonly spans: readonly (readonly [start: number, end: number])[];
  /** Days without it; null = every day has it. */
  readonly except: {
    readonly fromAt: number;
    /** The zone whose days these are, minutes before UTC; zones whose clocks are changed cannot be said. */
    readonly offsetMinutes: number;
    /** 1 = Monday to 7 = Sunday (ISO 8601). */
    readonly weekdays: readonly number[];
  } | null;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The rates at a moment, ms since the epoch: of the windows that hold the last one, else the common ones. */
export function ratesAt(price: Rates & { readonly windows?: readonly PriceWindow[] }, at: number): Rates {
  const { windows } = price;
  if (windows === undefined) return price;
  for (let i = windows.length - 1; i >= 0; i--) if (holds(windows[i]!, at)) return windows[i]!;
  return price;
}

function holds({ fromAt, spans, except }: PriceWindow, at: number): boolean {
  if (at < fromAt) return false;
  const minute = (at % DAY_MS) / MINUTE_MS;
  if (!spans.some(([start, end]) => minute >= start && minute < end)) return false;
  if (except === null || at < except.fromAt) return true;
  return !except.weekdays.includes(weekdayOf(at + except.offsetMinutes * MINUTE_MS));
}

/** The epoch began on a Thursday. */
function weekdayOf(at: number): number {
  return ((Math.floor(at / DAY_MS) + 3) % 7) + 1;
}
