/** Numbers for people: without the last digits, which binary fractions bring along. */

/** Twelve significant digits; null stays null. */
export function withoutNoise<T extends number | null>(value: T): T | number {
  return value === null ? value : Number(value.toPrecision(12));
}
