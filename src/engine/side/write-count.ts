/** The request of a count in another language: what the message itself would be there, as far as counting takes it. */
import type { ProtocolId } from '../../core/chat.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import { createLossLog } from '../../core/loss.ts';
import type { ChatProtocol, Dialect } from '../../core/protocol.ts';
import { decodeUtf8 } from '../../wire/utf8.ts';
import type { Encoded } from '../encode.ts';
import type { Exchange } from '../exchange.ts';

const encoder = new TextEncoder();

/**
 * The fields that counting takes; it refuses the others.
 * Source: https://docs.claude.com/en/api/messages-count-tokens and https://platform.openai.com/docs/api-reference/responses/input-tokens.
 */
const TAKEN: { readonly [P in ProtocolId]?: readonly string[] } = {
  'anthropic-messages': ['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config'],
  'openai-responses': [
    'model',
    'input',
    'instructions',
    'tools',
    'tool_choice',
    'text',
    'reasoning',
    'parallel_tool_calls',
    'truncation',
    'previous_response_id',
    'conversation',
  ],
};

/** A count has no limit on output, which the Messages language demands of a message. */
const FILLED: { readonly [P in ProtocolId]?: JsonObject } = { 'anthropic-messages': { max_tokens: 1 } };

/**
 * Reads the client's request and writes it for the backend.
 * @throws GatewayError what the codec of the client cannot read
 */
export function writeCount(
  exchange: Exchange,
  model: string,
  dialect: Dialect,
  to: ChatProtocol,
): Pick<Encoded, 'headers' | 'body' | 'losses'> {
  const { call, protocol, scan } = exchange;
  const body = JSON.parse(decodeUtf8(scan!.body)) as JsonObject;
  exchange.request ??= exchange.live.seals.bind(
    protocol.readRequest({ ...FILLED[protocol.id], ...body, stream: false }, call.headers),
  );
  const losses = createLossLog();
  const wire = to.writeRequest({ ...exchange.request, model }, dialect, losses);
  const taken: MutableJsonObject = {};
  for (const key of TAKEN[to.id] ?? []) if (wire.body[key] !== undefined) taken[key] = wire.body[key];
  return { headers: wire.headers, body: encoder.encode(JSON.stringify(taken)), losses };
}
