/** The anthropic-messages protocol, both halves: `POST /messages` as clients speak it and as upstreams answer it. */
import type { ChatProtocol } from '../../core/protocol.ts';
import { readError } from '../../wire/vendor-error/read-error.ts';
import { writeError } from './error-write.ts';
import { MessagesEventWriter } from './event-writer.ts';
import { MessagesEventReader } from './events.ts';
import { PROTOCOL } from './extra.ts';
import { writeModel, writeModels } from './models.ts';
import { needsTranslation } from './needs-translation.ts';
import { outline, POLICY_KEYS } from './outline.ts';
import { PATH, writeRequest } from './request-write.ts';
import { readRequest } from './request.ts';
import { writeResponse } from './response-write.ts';
import { inspectResponse, readResponse } from './response.ts';
import { MessagesTap } from './tap.ts';
import { findLastSeal, sealPlace } from '../../wire/codec/last-seal.ts';
import { passHeaders } from './version.ts';

const SEALS = [sealPlace(['signature']), sealPlace(['data'], 'redacted_thinking')];

/** The codec. Stateless: readers, writers and taps are made per exchange. */
export const anthropicMessages: ChatProtocol = Object.freeze<ChatProtocol>({
  id: PROTOCOL,
  framing: 'sse',
  path: PATH,
  policyKeys: POLICY_KEYS,
  streamModelPath: ['message', 'model'],
  requestIdHeader: 'request-id',
  outline,
  needsTranslation,
  // they stand in a list of blocks
  lastSeal: (scan) => (scan.arrays < 2 ? null : findLastSeal(scan, 'messages', SEALS)),
  passHeaders,
  readRequest,
  writeResponse,
  createEventWriter: (_request, losses) => new MessagesEventWriter(losses),
  writeError,
  writeModels,
  writeModel,
  writeRequest,
  readResponse,
  createEventReader: (from) => new MessagesEventReader(from),
  createTap: () => new MessagesTap(),
  inspectResponse,
  readError,
});
