/** The headers that belong to this language: the API version and the betas, as they come in and as they go out. */
import type { HeaderList, HeaderView } from '../../core/headers.ts';
import type { Dialect } from '../../core/protocol.ts';
import { isAnthropic } from './dialect.ts';

/** What is sent for a client that named no version: every server of this language knows it. */
export const DEFAULT_VERSION = '2023-06-01';

/** With this version `temperature`, `top_p` and `top_k`, documents in assistant turns and citations on user text are refused. */
const STRICT_VERSION = '2026-10-21';

/** True from the version on that refuses what older ones ignored. */
export function isStrictVersion(version: string | null): boolean {
  return version !== null && version >= STRICT_VERSION;
}

const VERSION = /^\d{4}-\d{2}-\d{2}$/;
const BETA = /^[\w.-]{1,100}$/;

/** The version that a client named; null when none, or nonsense. */
export function readVersion(headers: HeaderView): string | null {
  const version = headers.get('anthropic-version');
  return version !== null && VERSION.test(version) ? version : null;
}

/** The betas that a client asked for, in order, each once. */
export function readBetas(headers: HeaderView): readonly string[] {
  const list = (headers.get('anthropic-beta') ?? '').split(',').map((beta) => beta.trim());
  return [...new Set(list.filter((beta) => BETA.test(beta)))];
}

/** Headers of a request: a version always, and the betas that are known on the other side (all of them at Anthropic itself). */
export function writeHeaders(version: string | null, betas: readonly string[], to: Dialect): HeaderList {
  const headers = ['anthropic-version', version ?? DEFAULT_VERSION];
  const allowed = betas.filter((beta) => isAnthropic(to) || to.betas?.has(beta) === true);
  if (allowed.length > 0) headers.push('anthropic-beta', allowed.join(','));
  return headers;
}

/** The headers that must go with a request whose bytes pass untouched. */
export function passHeaders(headers: HeaderView, to: Dialect): HeaderList {
  return writeHeaders(readVersion(headers), readBetas(headers), to);
}
