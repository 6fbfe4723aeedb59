/** The protocol laws over anthropic-messages. */
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { describeProtocol } from './protocol.ts';
import { answers } from './samples/anthropic-messages/answers.ts';
import { arbitraries } from './samples/anthropic-messages/arbitraries.ts';
import { errors } from './samples/anthropic-messages/errors.ts';
import { badRequests, requests } from './samples/anthropic-messages/requests.ts';
import { streams } from './samples/anthropic-messages/streams.ts';

describeProtocol(
  anthropicMessages,
  { requests, badRequests, answers, streams, errors, sent: (body) => body },
  arbitraries,
);
