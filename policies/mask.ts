/** Sets of backends as bits, 32 to a word. */

/** One bit per backend, by `Backend.index`. */
export type Mask = Uint32Array;

/** The set of the indexes below `count` for which `keeps` holds. */
export function maskOf(count: number, keeps: (index: number) => boolean): Mask {
  const mask = new Uint32Array(Math.max(1, Math.ceil(count / 32)));
  for (let index = 0; index < count; index++) {
    if (keeps(index)) mask[index >>> 5]! |= 1 << (index & 31);
  }
  return mask;
}

/** True when the backend is in the set. */
export function isIn(mask: Mask, index: number): boolean {
  return ((mask[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
}
