/** The protocol laws over openai-responses. */
import { openaiResponses } from '../../src/protocols/openai-responses/index.ts';
import { describeProtocol } from './protocol.ts';
import { errors } from './samples/openai-chat/errors.ts';
import { answers } from './samples/openai-responses/answers.ts';
import { arbitraries } from './samples/openai-responses/arbitraries.ts';
import { badRequests } from './samples/openai-responses/bad-requests.ts';
import { requests } from './samples/openai-responses/requests.ts';
import { streams } from './samples/openai-responses/streams.ts';

// the vendors' error bodies are those of every language of OpenAI
describeProtocol(
  openaiResponses,
  { requests, badRequests, answers, streams, errors, sent: (body) => body },
  arbitraries,
);
