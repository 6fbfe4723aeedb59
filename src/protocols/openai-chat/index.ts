/** The openai-chat protocol, both halves: `POST /chat/completions` as clients speak it and as upstreams answer it. */
import type { ChatProtocol } from '../../core/protocol.ts';
import { writeError } from '../../wire/codec/openai-error.ts';
import { readError } from '../../wire/vendor-error/read-error.ts';
import { ChatEventWriter } from './event-writer.ts';
import { ChatEventReader } from './events.ts';
import { PROTOCOL } from './extra.ts';
import { writeModel, writeModels } from '../../wire/codec/openai-models.ts';
import { needsTranslation } from './needs-translation.ts';
import { outline, POLICY_KEYS } from './outline.ts';
import { PATH, writeRequest } from './request-write.ts';
import { readRequest } from './request.ts';
import { writeResponse } from './response-write.ts';
import { inspectResponse, readResponse } from './response.ts';
import { findLastSeal, sealPlace } from '../../wire/codec/last-seal.ts';
import { DETAILS } from './reasoning-details.ts';
import { ChatTap } from './tap.ts';

const SEALS = [sealPlace(['signature', 'data'], DETAILS)];

/** The codec. Stateless: readers, writers and taps are made per exchange. */
export const openaiChat: ChatProtocol = Object.freeze<ChatProtocol>({
  id: PROTOCOL,
  framing: 'sse',
  path: PATH,
  policyKeys: POLICY_KEYS,
  streamModelPath: ['model'],
  outline,
  needsTranslation,
  // they stand in a list of a message
  lastSeal: (scan) => (scan.arrays < 2 ? null : findLastSeal(scan, 'messages', SEALS)),
  passHeaders: () => [],
  readRequest,
  writeResponse,
  createEventWriter: (request, losses) => new ChatEventWriter(request, losses),
  writeError,
  writeModels,
  writeModel,
  writeRequest,
  readResponse,
  createEventReader: (from) => new ChatEventReader(from),
  createTap: (from) => new ChatTap(from),
  inspectResponse,
  readError,
});
