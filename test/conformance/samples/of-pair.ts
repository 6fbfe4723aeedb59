/** What goes over each pair of languages, from the samples of both: requests of the client's, answers of the upstream's. */
import type { ProtocolId } from '../../../src/core/chat.ts';
import { plainContext, type Pair } from '../crossing.ts';
import type { PairMaterial } from '../pairs.ts';
import type { ProtocolSamples } from '../protocol.ts';
import { answers as messagesAnswers } from './anthropic-messages/answers.ts';
import { requests as messagesRequests } from './anthropic-messages/requests.ts';
import { streams as messagesStreams } from './anthropic-messages/streams.ts';
import { answers as chatAnswers } from './openai-chat/answers.ts';
import { requests as chatRequests } from './openai-chat/requests.ts';
import { streams as chatStreams } from './openai-chat/streams.ts';
import { answers as responsesAnswers } from './openai-responses/answers.ts';
import { requests as responsesRequests } from './openai-responses/requests.ts';
import { streams as responsesStreams } from './openai-responses/streams.ts';

type Samples = Pick<ProtocolSamples, 'requests' | 'answers' | 'streams'>;

const SAMPLES: { readonly [P in ProtocolId]?: Samples } = {
  'openai-chat': { requests: chatRequests, answers: chatAnswers, streams: chatStreams },
  'openai-responses': { requests: responsesRequests, answers: responsesAnswers, streams: responsesStreams },
  'anthropic-messages': { requests: messagesRequests, answers: messagesAnswers, streams: messagesStreams },
};

/** Requests with nothing in them but what the other side takes none of: no turn is left that could be asked. */
const NOTHING_LEFT: Readonly<Record<string, readonly string[]>> = {
  'an empty list': ['openai-chat', 'anthropic-messages'],
  'an empty string': ['anthropic-messages'],
  'an input that is null': ['openai-chat', 'anthropic-messages'],
  'an input that is stored': ['openai-chat', 'anthropic-messages'],
  'reasoning of every shape': ['anthropic-messages'],
};

/** An answer that ended in an error, which Messages can only say as an error (`failedAnswer`). */
const FAILED = 'cancelled';

/** The material of one pair. */
export function materialOf({ client, upstream }: Pair): PairMaterial {
  const own = plainContext(upstream);
  const { requests } = SAMPLES[client.id]!;
  const { answers, streams } = SAMPLES[upstream.id]!;
  return {
    requests: requests.filter(({ name }) => NOTHING_LEFT[name]?.includes(upstream.id) !== true),
    answers: answers
      .filter(({ name }) => name !== FAILED || client.id !== 'anthropic-messages')
      .map(({ name, body }) => ({ name, body, from: own })),
    streams: streams.map(({ name, frames, from = own }) => ({ name, frames, from })),
  };
}
