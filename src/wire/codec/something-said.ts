/** Guards languages that take no request without a message. */
import { GatewayError } from '../../core/gateway-error.ts';

/**
 * The written messages, when there are any. What the client sent may have been nothing but items that this language cannot say:
 * then a backend would answer a question that nobody asked, or refuse words that nobody wrote.
 * @throws GatewayError `translation-lossy`
 */
export function somethingSaid<T>(messages: readonly T[]): readonly T[] {
  if (messages.length > 0) return messages;
  throw new GatewayError('translation-lossy', 'Nothing of the request is a message in the language of the backend.', {
    hint: 'Send at least one message of text.',
  });
}
