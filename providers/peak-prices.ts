/** Prices that a vendor doubles at some hours, which the data of the price book cannot say whole. */
import type { PriceWindow, Rates } from '../src/core/price-windows.ts';

/** The rates of a model: those of most hours, and those of the others. */
export interface PeakPrices extends Rates {
  readonly windows: readonly PriceWindow[];
}

const HOUR = 60;

/** 01:00 to 04:00 and 06:00 to 10:00 UTC since 17 August 2026, from 23 August on not on Saturdays and Sundays in China. */
const PEAK: Omit<PriceWindow, keyof Rates> = {
  fromAt: Date.UTC(2026, 7, 17),
  spans: [
    [1 * HOUR, 4 * HOUR],
    [6 * HOUR, 10 * HOUR],
  ],
  except: { fromAt: Date.UTC(2026, 7, 23), offsetMinutes: 8 * HOUR, weekdays: [6, 7] },
};

function rates(inputUsd: number, cachedInputUsd: number, outputUsd: number): Rates {
  return { inputUsd, outputUsd, cachedInputUsd, cacheWriteUsd: null };
}

/**
 * By id of the data's model. Source: https://api-docs.deepseek.com/quick_start/pricing as restated by @pydantic/genai-prices 0.1.8 (MIT,
 * Copyright (c) Pydantic Services Inc. 2025 to present), read on 2026-11-23.
 */
export const DEEPSEEK_PEAKS: ReadonlyMap<string, PeakPrices> = new Map([
  ['deepseek-v4-flash', { ...rates(0.22, 0.007, 0.66), windows: [{ ...PEAK, ...rates(0.44, 0.014, 1.32) }] }],
  ['deepseek-v4-pro', { ...rates(0.66, 0.022, 1.98), windows: [{ ...PEAK, ...rates(1.32, 0.044, 3.96) }] }],
]);
