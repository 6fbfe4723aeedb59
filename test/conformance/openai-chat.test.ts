/** The protocol laws over openai-chat. */
import { isJsonObject } from '../../src/core/json.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { describeProtocol } from './protocol.ts';
import { answers } from './samples/openai-chat/answers.ts';
import { arbitraries } from './samples/openai-chat/arbitraries.ts';
import { errors } from './samples/openai-chat/errors.ts';
import { badRequests, requests } from './samples/openai-chat/requests.ts';
import { streams } from './samples/openai-chat/streams.ts';

describeProtocol(
  openaiChat,
  {
    requests,
    badRequests,
    answers,
    streams,
    errors,
    sent(body) {
      if (body['stream'] !== true) return body;
      const options = isJsonObject(body['stream_options']) ? body['stream_options'] : {};
      return { ...body, stream_options: { ...options, include_usage: true } };
    },
  },
  arbitraries,
);
