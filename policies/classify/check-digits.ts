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

/**
 * The check of Verhoeff over the first `count` digits, the last of which is the check digit: a sum in the dihedral group of order ten,
 * before which each place has its own permutation. Source: J. Verhoeff, Error Detecting Decimal Codes, 1969.
 */
export function isVerhoeff(digits: Uint8Array, count: number): boolean {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    let digit = digits[count - 1 - i]!;
    for (let turn = i % 8; turn > 0; turn--) digit = PERMUTED[digit]!;
    sum = dihedral(sum, digit);
  }
  return sum === 0;
}

const PERMUTED = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** Rotations are 0 to 4, reflections 5 to 9. */
function dihedral(a: number, b: number): number {
  const turned = a < 5 ? (a + (b % 5)) % 5 : (a - b + 10) % 5;
  return a < 5 === b < 5 ? turned : turned + 5;
}

/** The number that `digits[from, to)` write; exact up to 15 digits. */
export function numberAt(digits: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + digits[i]!;
  return value;
}
