/** How long an upstream asks to wait, from its headers. */
import type { HeaderView } from '../../core/headers.ts';
import { readDuration } from './error-body.ts';

const DAY_MS = 86_400_000;

/**
 * Milliseconds to wait; null when nothing was said. `retry-after-ms` before `retry-after` (seconds or an HTTP date) before
 * `x-ratelimit-reset*`. Points in time count from the answer's own `date` header: no clock is needed.
 */
export function readRetryAfter(headers: HeaderView): number | null {
  const wait =
    positive(headers.get('retry-after-ms')) ??
    seconds(headers.get('retry-after')) ??
    fromDate(headers.get('retry-after'), headers) ??
    exhausted(headers) ??
    reset(headers.get('x-ratelimit-reset'), headers);
  return wait === null ? null : Math.ceil(Math.min(Math.max(wait, 0), DAY_MS));
}

function positive(text: string | null): number | null {
  return text !== null && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}

function seconds(text: string | null): number | null {
  return text === null ? null : readDuration(text.trim());
}

function fromDate(text: string | null, headers: HeaderView): number | null {
  const then = text === null ? Number.NaN : Date.parse(text);
  const now = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(then) || Number.isNaN(now) ? null : then - now;
}

/** OpenAI's pairs: the longest reset among the limits that are used up, or of all when none says what is left. */
function exhausted(headers: HeaderView): number | null {
  let longest: number | null = null;
  for (const what of ['requests', 'tokens']) {
    const left = headers.get(`x-ratelimit-remaining-${what}`);
    const wait = seconds(headers.get(`x-ratelimit-reset-${what}`));
    if (wait !== null && (left === null || Number(left) <= 0)) longest = Math.max(longest ?? 0, wait);
  }
  return longest;
}

/** A wait, or a point in time in seconds or milliseconds since the epoch (OpenRouter). */
function reset(text: string | null, headers: HeaderView): number | null {
  const value = seconds(text);
  if (value === null || value < 1e11) return value;
  const now = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(now)) return null;
  const stamp = value / 1000;
  return (stamp > 1e11 ? stamp : stamp * 1000) - now;
}
