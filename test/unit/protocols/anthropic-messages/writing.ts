/** Writes requests for Messages upstreams and says what was lost. */
import type { ChatRequest } from '../../../../src/core/chat.ts';
import { NO_HEADERS, viewOf, type HeaderList } from '../../../../src/core/headers.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect, type Dialect, type NameMap } from '../../../../src/core/protocol.ts';
import { anthropicMessages } from '../../../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../../../src/protocols/openai-chat/index.ts';

/** The wire request with its losses as `kind field`. */
export interface Written {
  readonly body: JsonObject;
  readonly headers: HeaderList;
  readonly names: NameMap;
  readonly lost: readonly string[];
}

/** A vendor of this language. */
export function vendor(provider: string, change: Partial<Dialect> = {}): Dialect {
  return {
    ...plainDialect('anthropic-messages'),
    provider,
    reasoning: { field: 'thinking', output: 'field', replay: 'field', control: 'thinking' },
    ...change,
  };
}

/** Anthropic itself. */
export const ANTHROPIC = vendor('anthropic');

/** Writes a request of the block model. */
export function write(request: ChatRequest, to: Dialect = ANTHROPIC): Written {
  const losses = createLossLog();
  const { body, headers, names } = anthropicMessages.writeRequest(request, to, losses);
  return { body, headers, names, lost: losses.losses.map(({ kind, field }) => `${kind} ${field}`) };
}

/** Writes what a client of openai-chat sent. */
export function fromChat(more: JsonObject, to: Dialect = ANTHROPIC): Written {
  const body = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }], ...more };
  return write(openaiChat.readRequest(body, NO_HEADERS), to);
}

/** Writes what a client of Messages sent. */
export function fromMessages(more: JsonObject, to: Dialect = ANTHROPIC, headers: HeaderList = []): Written {
  const body = { model: 'claude-sonnet-4-5', max_tokens: 4096, messages: [{ role: 'user', content: 'hi' }], ...more };
  return write(anthropicMessages.readRequest(body, viewOf(headers)), to);
}
