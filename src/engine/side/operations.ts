/** The operations beside chat as data: how an upstream is asked for each, and what it must serve for that. */
import type { ProtocolId } from '../../core/chat.ts';
import type { Operation, SideOperation, StoredOperation } from '../../core/gateway.ts';
import type { SideService } from '../../core/provider.ts';
import type { UpstreamRequest } from '../../core/transport.ts';

/** The one language whose upstreams keep responses and conversations. */
export const STATEFUL: ProtocolId = 'openai-responses';

/** What an upstream keeps. */
export type KeptKind = 'response' | 'conversation';

/** How one stored operation is asked for. */
export interface StoredRow {
  readonly method: UpstreamRequest['method'];
  /** Below the base URL; `{id}` and `{item}` come from the call's target. */
  readonly path: string;
  readonly serves: SideService;
  /** What `{id}` names. */
  readonly kind: KeptKind;
  /** Asked twice it would be done twice: one attempt only. */
  readonly once: boolean;
}

function row(method: UpstreamRequest['method'], path: string, once = false): StoredRow {
  const kind = path.startsWith('/responses') ? 'response' : 'conversation';
  const serves = kind === 'response' ? 'stored-responses' : 'conversations';
  return Object.freeze({ method, path, serves, kind, once });
}

/** Source: https://platform.openai.com/docs/api-reference/responses and …/conversations. */
export const STORED: Readonly<Record<StoredOperation, StoredRow>> = Object.freeze({
  'get-response': row('GET', '/responses/{id}'),
  'cancel-response': row('POST', '/responses/{id}/cancel'),
  'delete-response': row('DELETE', '/responses/{id}'),
  'list-input-items': row('GET', '/responses/{id}/input_items'),
  'create-conversation': row('POST', '/conversations', true),
  'get-conversation': row('GET', '/conversations/{id}'),
  'update-conversation': row('POST', '/conversations/{id}'),
  'delete-conversation': row('DELETE', '/conversations/{id}'),
  'list-conversation-items': row('GET', '/conversations/{id}/items'),
  'create-conversation-items': row('POST', '/conversations/{id}/items', true),
  'get-conversation-item': row('GET', '/conversations/{id}/items/{item}'),
  'delete-conversation-item': row('DELETE', '/conversations/{id}/items/{item}'),
});

/** Where each language counts the tokens of a request, below the base URL. */
export const COUNT_PATHS: { readonly [P in ProtocolId]?: string } = Object.freeze({
  'anthropic-messages': '/messages/count_tokens',
  'openai-responses': '/responses/input_tokens',
});

/** Where a conversation is compacted, below the base URL. */
export const COMPACT_PATH = '/responses/compact';

/** True for what concerns something that an upstream keeps. */
export function isStored(operation: Operation): operation is StoredOperation {
  return Object.hasOwn(STORED, operation);
}

/** True for what goes to an upstream beside chat. */
export function isSide(operation: Operation): operation is SideOperation {
  return operation === 'count-tokens' || operation === 'compact' || isStored(operation);
}
