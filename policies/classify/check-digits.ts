/** Check digits over a row of decimal digits. */

/** The check of ISO/IEC 7812-1, annex B, over `digits[from, to)`. */
export function isLuhn(digits: Uint8Array, from: number, to: number): boolean {
  let sum = 0;
  for (let i = to - 1, double = false; i >= from; i--, double = !double) {
    const digit = digits[i]!;
    if (!double) sum += digit;
    else sum += digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

/** The sum of digits with a weight each, from `from` on. */
export function weighted(digits: Uint8Array, weights: readonly number[], from = 0): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += digits[from + i]! * weights[i]!;
  return sum;
}

/** The check of ISO 7064, MOD 11,10, over the first `count` digits, the last of which is the check digit. */
export function isMod1110(digits: Uint8Array, count: number): boolean {
  let product = 10;
  for (let i = 0; i < count - 1; i++) {
    const sum = (digits[i]! + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digits[count - 1];
}

/** The number that `digits[from, to)` write; exact up to 15 digits. */
export function numberAt(digits: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + digits[i]!;
  return value;
}
