/** Takes requests, answers and streams from one language into another and keeps what was said on both sides, with the losses between. */
import type { ChatRequest, ChatResponse } from '../../src/core/chat.ts';
import type { ChatEvent } from '../../src/core/events.ts';
import { foldEvents } from '../../src/core/fold.ts';
import { NO_HEADERS } from '../../src/core/headers.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLossLog, type Loss } from '../../src/core/loss.ts';
import { plainDialect, type ChatProtocol, type Frame, type ReadContext } from '../../src/core/protocol.ts';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { openaiResponses } from '../../src/protocols/openai-responses/index.ts';
import { silentlyGone, type Otherwise } from './carried.ts';
import { asSent, eventsOf, writeAll } from './protocol-run.ts';

/** The languages that clients speak. */
export const CLIENT_LANGUAGES: readonly ChatProtocol[] = [openaiChat, openaiResponses, anthropicMessages];

/** A client's language and an upstream's. */
export interface Pair {
  readonly name: string;
  readonly client: ChatProtocol;
  readonly upstream: ChatProtocol;
}

/** All pairs, those of the same language first. */
export const PAIRS: readonly Pair[] = CLIENT_LANGUAGES.flatMap((client) =>
  CLIENT_LANGUAGES.map((upstream) => ({ name: `${client.id} client, ${upstream.id} upstream`, client, upstream })),
).toSorted((a, b) => Number(isTranslated(a)) - Number(isTranslated(b)));

/** True where a pair goes through the block model. */
export function isTranslated({ client, upstream }: Pick<Pair, 'client' | 'upstream'>): boolean {
  return client.id !== upstream.id;
}

/** Something that went over: as it was read on this side, as it was read on the other, and what was named as lost. */
export interface Crossing<T> {
  readonly left: T;
  readonly right: T;
  readonly losses: readonly Loss[];
  /** Paths of values that are neither said on the other side nor named. */
  readonly silent: readonly string[];
}

/** What is known of a plain upstream of a language. */
export function plainContext(protocol: ChatProtocol): ReadContext {
  return { dialect: plainDialect(protocol.id), names: new Map() };
}

/** A client's request to an upstream, and read there again. */
export function crossRequest(body: JsonObject, { client, upstream }: Pair): Crossing<ChatRequest> {
  const log = createLossLog();
  const left = client.readRequest(body, NO_HEADERS);
  const written = asSent(upstream.writeRequest(left, plainDialect(upstream.id), log).body);
  const silent = silentlyGone(body, written, log.losses, OTHERWISE.requests);
  return { left, right: upstream.readRequest(written, NO_HEADERS), losses: log.losses, silent };
}

/** An upstream's whole answer to a client, and read there again. */
export function crossAnswer(body: JsonObject, from: ReadContext, { client, upstream }: Pair): Crossing<ChatResponse> {
  const log = createLossLog();
  const left = upstream.readResponse(body, from);
  const written = asSent(client.writeResponse(left, log));
  const silent = silentlyGone(body, written, log.losses, OTHERWISE.answers);
  return { left, right: client.readResponse(written, plainContext(client)), losses: log.losses, silent };
}

/** An upstream's stream to a client, and read there again. What is said is judged on the whole answers of both sides. */
export function crossStream(
  frames: readonly Frame[],
  from: ReadContext,
  { client, upstream }: Pair,
): Crossing<ChatResponse> & { readonly frames: readonly Frame[]; readonly events: readonly ChatEvent[] } {
  const log = createLossLog();
  const events = eventsOf(upstream, from, frames);
  const left = foldEvents(events).response;
  const written = writeAll(client, events, log);
  const { response: right, complete } = foldEvents(eventsOf(client, plainContext(client), written));
  if (!complete) throw new Error('the stream that was written has no end');
  const unheard = createLossLog();
  const before = asSent(upstream.writeResponse(left, unheard));
  const after = asSent(client.writeResponse(right, unheard));
  const silent = silentlyGone(before, after, log.losses, OTHERWISE.answers);
  return { left, right, losses: log.losses, silent, frames: written, events };
}

const VOCABULARY: readonly Otherwise[] = [
  { path: /reasoning_details\.(format|id)$/, why: 'the shape of details whose text and seal are compared' },
  { path: /(^|\.)(type|role|object|status)$/, why: 'words of a language, compared in the block model' },
  { path: /(^|\.)index$/, why: 'positions' },
];

/** What goes in other words, or by design does not go. */
const OTHERWISE = {
  requests: [
    ...VOCABULARY,
    {
      path: /^system\.text$/,
      value: /^x-anthropic-billing-header/,
      why: "Claude Code's line for Anthropic's own accounts",
    },
    { path: /^logprobs$/, why: 'a switch in one language, an entry of a list in another; compared in the block model' },
    { path: /^input\.id$/, why: 'ids of items name nothing elsewhere' },
    { path: /\.source\.media_type$/, value: /^text\/plain$/, why: 'a text is a text' },
    { path: /^thinking\.display$/, why: 'said as the summary that is wanted, or as none' },
    { path: /(json_schema|format)\.strict$/, why: 'a format of Messages is always held to' },
    { path: /^input\.summary\.note$/, why: 'no vendor sends it' },
    {
      path: /^service_tier$/,
      value: /^standard_only$/,
      why: 'the plain capacity of Anthropic, called default elsewhere',
    },
    { path: /^tool_choice(\.mode)?$/, why: 'required, auto and any are compared in the block model' },
    { path: /^tool_choice\.disable_parallel_tool_use$/, why: 'said the other way round, as parallel_tool_calls' },
    { path: /^parallel_tool_calls$/, why: 'said the other way round, as disable_parallel_tool_use' },
    { path: /(^stream|\.is_error)$/, why: 'false is what a language without the word means' },
    { path: /^stream_options\.include_usage$/, why: 'other languages tell the usage of a stream unasked' },
  ],
  answers: [
    ...VOCABULARY,
    {
      path: /(^|\.)(finish_reason|stop_reason|incomplete_details\.reason)$/,
      why: 'words of a language, compared in the block model',
    },
    { path: /^(created|created_at)$/, why: 'Messages has no time' },
    { path: /^usage\./, why: 'neutral counts are compared; prices and timings of a vendor stay behind' },
    { path: /^service_tier$/, why: 'tiers have other words' },
    {
      path: /^output\.summary\.text$/,
      why: 'beside the full text it says nothing new; alone, reasoning is compared as text',
    },
    { path: /^output\.id$/, why: 'ids of items name nothing elsewhere' },
    {
      path: new RegExp(
        '^(background|completed_at|frequency_penalty|instructions|max_output_tokens|max_tool_calls|metadata|parallel_tool_calls|' +
          'presence_penalty|previous_response_id|prompt_cache_\\w+|reasoning|safety_identifier|store|temperature|text|tool_choice|' +
          'tools|top_logprobs|top_p|truncation|user)(\\.|$)',
      ),
      why: 'a response object repeats the request',
    },
  ],
} satisfies Record<string, readonly Otherwise[]>;
