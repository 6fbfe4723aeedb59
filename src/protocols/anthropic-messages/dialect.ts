/** Who is on the other side: the protocol itself, Anthropic, or somebody who speaks Anthropic's language. */
import type { Dialect } from '../../core/protocol.ts';
import { PROTOCOL } from './extra.ts';

/** True for the protocol itself (plainDialect), which has no vendor's habits: everything is written as the client wrote it. */
export function isPlainDialect(dialect: Dialect): boolean {
  return dialect.provider === PROTOCOL;
}

/** True where Anthropic itself answers: it knows every beta, and the billing line of its own client is meant for it. */
export function isAnthropic(dialect: Dialect): boolean {
  return dialect.provider === 'anthropic' || isPlainDialect(dialect);
}
