/** Durations and sizes as people write them in the configuration: `30s`, `4MiB`. */

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const SIZE_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** How a duration is written: a number with its unit, `800ms`, `30s`, `1.5m`, `2h`. */
export const DURATION_FORM = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/;

/** How a size is written: a number with its binary unit, `512B`, `64KiB`, `4MiB`, `1GiB`. */
export const SIZE_FORM = /^(\d{1,9})(B|KiB|MiB|GiB)$/;

/** Milliseconds of a duration; null when the text is not one. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = DURATION_FORM.exec(text) ?? [];
  return amount === undefined || unit === undefined ? null : Math.round(Number(amount) * DURATION_MS[unit]!);
}

/** Bytes of a size; null when the text is not one. */
export function parseSize(text: string): number | null {
  const [, amount, unit] = SIZE_FORM.exec(text) ?? [];
  return amount === undefined || unit === undefined ? null : Number(amount) * SIZE_BYTES[unit]!;
}

const DAY_MS = 86_400_000;

/** The first moment after a day (YYYY-MM-DD, UTC), ms since the epoch. */
export function endOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}
