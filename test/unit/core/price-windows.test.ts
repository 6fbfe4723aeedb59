/** Which price holds when: over the hours of a day, the days of a week, and from the day on which there are windows. */
import { describe, expect, it } from 'vitest';
import { DEEPSEEK_PEAKS } from '../../../providers/peak-prices.ts';
import { ratesAt } from '../../../src/core/price-windows.ts';

const FLASH = DEEPSEEK_PEAKS.get('deepseek-v4-flash')!;
const priceAt = (...when: readonly [number, number, number, number?, number?]): number | null =>
  ratesAt(FLASH, Date.UTC(when[0], when[1] - 1, when[2], when[3] ?? 0, when[4] ?? 0)).inputUsd;

describe('ratesAt', () => {
  it('has the peak at its hours of a weekday, to the minute', () => {
    const dear = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => priceAt(2026, 11, 23, hour) === 0.44);
    expect(dear).toEqual([1, 2, 3, 6, 7, 8, 9]);
    expect([priceAt(2026, 11, 23, 0, 59), priceAt(2026, 11, 23, 3, 59), priceAt(2026, 11, 23, 4)]).toEqual([
      0.22, 0.44, 0.22,
    ]);
  });

  it('has none on the weekend where the vendor is', () => {
    const dear = Array.from({ length: 7 }, (_, i) => 23 + i).filter((day) => priceAt(2026, 11, day, 7) === 0.44);
    // 28 and 29 November 2026 are a Saturday and a Sunday
    expect(dear).toEqual([23, 24, 25, 26, 27]);
  });

  it('takes the days of the zone, not of UTC', () => {
    const saturday = { ...FLASH.windows[0]!, spans: [[0, 1440]] as const };
    const price = { ...FLASH, windows: [saturday] };
    // 16:00 UTC is midnight in Shanghai
    expect(ratesAt(price, Date.UTC(2026, 10, 27, 15, 59)).inputUsd).toBe(0.44);
    expect(ratesAt(price, Date.UTC(2026, 10, 27, 16)).inputUsd).toBe(0.22);
    expect(ratesAt(price, Date.UTC(2026, 10, 29, 16)).inputUsd).toBe(0.44);
  });

  it('begins on its day, and the weekends were let out later', () => {
    expect([priceAt(2026, 8, 16, 7), priceAt(2026, 8, 17, 7)]).toEqual([0.22, 0.44]);
    // a Saturday before and one after 23 August
    expect([priceAt(2026, 8, 22, 7), priceAt(2026, 8, 29, 7)]).toEqual([0.44, 0.22]);
  });

  it('lets the last of several windows count, and is the price itself without any', () => {
    const second = { ...FLASH.windows[0]!, inputUsd: 9 };
    expect(ratesAt({ ...FLASH, windows: [...FLASH.windows, second] }, Date.UTC(2026, 10, 23, 7)).inputUsd).toBe(9);
    const plain = { inputUsd: 1, outputUsd: 2, cachedInputUsd: null, cacheWriteUsd: null };
    expect(ratesAt(plain, 0)).toBe(plain);
  });
});
