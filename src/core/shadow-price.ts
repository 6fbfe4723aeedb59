/** Prices that nobody sends a bill for, of a missed limit and of a slot that others could have used: they follow the outcomes. */

/** What a miss is worth before anything is known, and the bounds of the price, USD. */
export const FIRST_MISS_USD = 0.002;
const MISS_USD = { least: 1e-6, most: 10 } as const;
const MISS_STEP = 0.004;
/** Requests over which the share of misses is smoothed. */
const MISS_MEMORY = 200;
/** The price aims at this share of the misses that are allowed, which leaves room for what it notices late. */
const MISS_AIM = 0.85;

/**
 * The price of missing an objective: the multiplier of a Lagrangian, steered by the share of misses. It rises twice as fast as it
 * falls, for a limit that is missed hurts and one that is kept too well only costs.
 */
export class MissPrice {
  usd: number = FIRST_MISS_USD;
  #share = 0;

  /** One answer was seen. @param allowed the share of misses that the objective allows, above 0 */
  observe(missed: boolean, allowed: number): void {
    this.#share += (Number(missed) - this.#share) / MISS_MEMORY;
    const aim = MISS_AIM * allowed;
    const off = Math.min(2, Math.max(-1, (this.#share - aim) / aim));
    this.usd = Math.min(MISS_USD.most, Math.max(MISS_USD.least, this.usd * Math.exp(MISS_STEP * off)));
  }
}

const FIRST_SLOT_USD = 1e-8;
const SLOT_USD = { least: 1e-12, most: 1e-3 } as const;
const SLOT_STEP = 0.01;
/** A pool that is busier than this grows dearer, one that is less busy cheaper. */
const SLOT_AIM = 0.85;

/** The price of a slot, USD per ms: it keeps a scarce pool for those requests that would cost most elsewhere. */
export class SlotPrice {
  usdPerMs: number = FIRST_SLOT_USD;

  /** A request that could use the pool arrived. @param utilisation busy slots of all, 0 to 1 */
  observe(utilisation: number): void {
    const next = this.usdPerMs * Math.exp(SLOT_STEP * (utilisation - SLOT_AIM));
    this.usdPerMs = Math.min(SLOT_USD.most, Math.max(SLOT_USD.least, next));
  }
}
