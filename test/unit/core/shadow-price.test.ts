/** Shadow prices: they rise with what is scarce, fall with what is plenty, and stay within bounds. */
import { describe, expect, it } from 'vitest';
import { FIRST_MISS_USD, MissPrice, SlotPrice } from '../../../src/core/shadow-price.ts';

describe('the price of a miss', () => {
  it('settles where the misses are within what is allowed', () => {
    const price = new MissPrice();
    for (let i = 0; i < 5000; i++) price.observe(i % 5 === 0, 0.05);
    const dear = price.usd;
    expect(dear).toBeGreaterThan(FIRST_MISS_USD);
    for (let i = 0; i < 5000; i++) price.observe(false, 0.05);
    expect(price.usd).toBeLessThan(dear);
  });

  it('is never free and never without end', () => {
    const price = new MissPrice();
    for (let i = 0; i < 50_000; i++) price.observe(false, 0.05);
    expect(price.usd).toBe(1e-6);
    for (let i = 0; i < 50_000; i++) price.observe(true, 0.05);
    expect(price.usd).toBe(10);
  });
});

describe('the price of a slot', () => {
  it('rises while the pool is full and falls while it is not', () => {
    const price = new SlotPrice();
    const first = price.usdPerMs;
    for (let i = 0; i < 1000; i++) price.observe(1);
    const full = price.usdPerMs;
    for (let i = 0; i < 1000; i++) price.observe(0.3);
    expect(full).toBeGreaterThan(first);
    expect(price.usdPerMs).toBeLessThan(full);
  });
});
