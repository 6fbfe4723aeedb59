/** Rotary position embedding in the NEOX order that qwen2 uses: element i turns with element i + half. */

/** Sine and cosine of every position and frequency: [position][half of the head width]. */
export interface Rotation {
  readonly half: number;
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
}

/** Computes the table for `positions` positions. */
export function rotationTable(headWidth: number, base: number, positions: number): Rotation {
  const half = headWidth / 2;
  const cosine = new Float32Array(positions * half);
  const sine = new Float32Array(positions * half);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * base ** (-i / half);
      cosine[position * half + i] = Math.cos(angle);
      sine[position * half + i] = Math.sin(angle);
    }
  }
  return { half, cosine, sine };
}

/** Turns `heads` heads that lie one after the other from `at`. */
export function rotate(
  floats: Float32Array,
  at: number,
  heads: number,
  { half, cosine, sine }: Rotation,
  position: number,
): void {
  const row = position * half;
  for (let head = 0; head < heads; head++) {
    const start = at + head * 2 * half;
    for (let i = 0; i < half; i++) {
      const x = floats[start + i]!;
      const y = floats[start + half + i]!;
      const c = cosine[row + i]!;
      const s = sine[row + i]!;
      floats[start + i] = x * c - y * s;
      floats[start + half + i] = x * s + y * c;
    }
  }
}
