/** The exponential function to the precision of single floats, several times faster than `Math.exp`, which is never inlined. */

const LOG2_E = Math.LOG2E;
const LN_2 = Math.LN2;
const LOWEST = -126;
const HIGHEST = 127;
/** Powers of two from 2 ** LOWEST on. */
const POWERS = Float64Array.from({ length: HIGHEST - LOWEST + 1 }, (_, index) => 2 ** (index + LOWEST));

/** e to the power of `x`: 0 below the normal range of single floats, infinite above it, NaN for NaN. */
export function exponential(x: number): number {
  const power = Math.floor(x * LOG2_E + 0.5);
  if (power < LOWEST) return 0;
  if (power > HIGHEST) return Infinity;
  // Taylor series of the rest, which lies within ln 2 / 2 of zero: the first term left out is below 4e-9.
  const r = x - power * LN_2;
  const tail = r * (1 / 120 + r * (1 / 720 + r * (1 / 5040)));
  return POWERS[power - LOWEST]! * (1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + tail)))));
}
