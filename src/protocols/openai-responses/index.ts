/** The openai-responses protocol, both halves: `POST /responses` as clients speak it and as upstreams answer it. */
import type { ChatProtocol } from '../../core/protocol.ts';
import { writeError } from '../../wire/codec/openai-error.ts';
import { writeModel, writeModels } from '../../wire/codec/openai-models.ts';
import { readError } from '../../wire/vendor-error/read-error.ts';
import { writeErrorFrames } from './error-frames.ts';
import { ResponsesEventReader } from './event-reader.ts';
import { ResponsesEventWriter } from './event-writer.ts';
import { PROTOCOL } from './extra.ts';
import { needsTranslation } from './needs-translation.ts';
import { outline, POLICY_KEYS } from './outline.ts';
import { PATH, writeRequest } from './request-write.ts';
import { readRequest } from './request.ts';
import { writeResponse } from './response-write.ts';
import { inspectResponse, readResponse } from './response.ts';
import { ResponsesTap } from './tap.ts';

/** The codec. Stateless: readers, writers and taps are made per exchange. */
export const openaiResponses: ChatProtocol = Object.freeze<ChatProtocol>({
  id: PROTOCOL,
  framing: 'sse',
  path: PATH,
  policyKeys: POLICY_KEYS,
  streamModelPath: ['response', 'model'],
  outline,
  needsTranslation,
  passHeaders: () => [],
  readRequest,
  writeResponse,
  createEventWriter: (request, losses) => new ResponsesEventWriter(request, losses),
  writeError,
  writeErrorFrames,
  writeModels,
  writeModel,
  writeRequest,
  readResponse,
  createEventReader: (from) => new ResponsesEventReader(from),
  createTap: (from) => new ResponsesTap(from),
  inspectResponse,
  readError,
});
