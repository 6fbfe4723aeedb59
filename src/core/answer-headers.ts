/** Which headers of an upstream's answer may reach a client: a list of what is allowed, so that everything else stays here. */
import type { HeaderList, HeaderView } from './headers.ts';

/** Longest value that is copied, characters. */
const MAX_VALUE = 1024;
const VISIBLE = /^[\x20-\x7e]*$/;

/** Copied under their own names. */
const COPIED: ReadonlySet<string> = new Set([
  'retry-after',
  'retry-after-ms',
  'openai-processing-ms',
  'openai-version',
]);

/** Copied under another name: the gateway's own request id keeps the usual one. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['x-request-id', 'x-upstream-request-id'],
  ['request-id', 'x-upstream-request-id'],
]);

/**
 * The headers of an answer that may be copied to a client, flat: waiting times, rate limits, the vendor's
 * timing, and its request id as `x-upstream-request-id`. Never cookies, hop-by-hop headers, lengths, encodings or names of
 * hosts; values of other than visible ASCII or over 1024 characters are left out.
 */
export function copyableHeaders(view: HeaderView): HeaderList {
  const list: string[] = [];
  let hasRequestId = false;
  view.forEach((name, value) => {
    const other = nameOf(name);
    if (other === null || value.length > MAX_VALUE || !VISIBLE.test(value)) return;
    if (other !== name) {
      if (hasRequestId) return;
      hasRequestId = true;
    }
    list.push(other, value);
  });
  return list;
}

/** The name under which a header goes on; null = it stays here. */
function nameOf(name: string): string | null {
  if (name.startsWith('x-ratelimit-') || name.startsWith('anthropic-ratelimit-') || COPIED.has(name)) return name;
  return RENAMED.get(name) ?? null;
}
