/** The openai-responses protocol, both halves: `POST /responses` as clients speak it and as upstreams answer it. */
import type { ChatProtocol } from '../../core/protocol.ts';
import { writeError } from '../../wire/codec/openai-error.ts';
import { writeModel, writeModels } from '../../wire/codec/openai-models.ts';
import { readError } from '../../wire/vendor-error/read-error.ts';
import { ResponsesEventReader } from './event-reader.ts';
import { ResponsesEventWriter } from './event-writer.ts';
import { PROTOCOL } from './extra.ts';
import { needsTranslation } from './needs-translation.ts';
import { outline, POLICY_KEYS } from './outline.ts';
import { PATH, writeRequest } from './request-write.ts';
import { readRequest } from './request.ts';
import { writeResponse } from './response-write.ts';
import { inspectResponse, readResponse } from './response.ts';
import { findLastSeal, sealPlace } from '../../wire/codec/last-seal.ts';
import { ResponsesTap } from './tap.ts';

const SEALS = [sealPlace(['encrypted_content'])];

/** The codec. Stateless: readers, writers and taps are made per exchange. */
export const openaiResponses: ChatProtocol = Object.freeze<ChatProtocol>({
  id: PROTOCOL,
  framing: 'sse',
  path: PATH,
  policyKeys: POLICY_KEYS,
  streamModelPath: ['response', 'model'],
  outline,
  needsTranslation,
  lastSeal: (scan) => findLastSeal(scan, 'input', SEALS),
  passHeaders: () => [],
  readRequest,
  writeResponse,
  createEventWriter: (request, losses) => new ResponsesEventWriter(request, losses),
  writeError,
  writeModels,
  writeModel,
  writeRequest,
  readResponse,
  createEventReader: (from) => new ResponsesEventReader(from),
  createTap: (from) => new ResponsesTap(from),
  inspectResponse,
  readError,
});
