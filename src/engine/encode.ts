/** Step 4, per attempt: the request in the backend's language, and the slot for its answer. */
import type { Backend } from '../core/backend.ts';
import { GatewayError } from '../core/gateway-error.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { createLossLog, type LossLog } from '../core/loss.ts';
import type { ChatProtocol, Dialect, NameMap, ReadContext } from '../core/protocol.ts';
import { takesSeal } from '../core/origin.ts';
import type { UpstreamRequest } from '../core/transport.ts';
import { spliceBody, type Edit } from '../wire/json-splice.ts';
import { dialectFor } from './dialect.ts';
import type { Exchange } from './exchange.ts';
import { PassStream } from './pass-stream.ts';
import { hasWishes, PREFERENCE_FIELD } from './preference.ts';
import type { Slot, SlotOptions } from './slot.ts';
import { TranslateStream, type Translation } from './translate-stream.ts';
import { passAnswer, translateAnswer } from './whole-answer.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NO_NAMES: NameMap = new Map();

/** A request ready to be sent, but for its credential and permit. */
export interface Encoded {
  /** Absent = POST. */
  readonly method?: UpstreamRequest['method'];
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  readonly mode: 'pass' | 'translate';
  readonly slot: Slot;
  readonly losses: LossLog;
  /** What was changed in the bytes, for the record. */
  readonly splices: readonly string[];
  readonly upstreamModel: string;
}

/**
 * Encodes the request of an exchange for one backend.
 * @throws GatewayError what the codec cannot read or say, and `translation-lossy` where the rule refuses losses
 */
export function encode(exchange: Exchange, backend: Backend, to: ChatProtocol): Encoded {
  const upstreamModel = backend.model === '*' ? exchange.model! : backend.model;
  const renameAnswer = exchange.alias!.answer === 'asked' && upstreamModel !== exchange.model;
  const options: SlotOptions = {
    answerModel: renameAnswer ? exchange.model : null,
    answerBytes: exchange.live.snapshot.answerBytes,
    eventBytes: exchange.live.snapshot.eventBytes,
  };
  const dialect = dialectFor(backend.dialect, upstreamModel);
  return canPass(exchange, dialect, to)
    ? encodePass(exchange, backend, dialect, upstreamModel, options)
    : encodeTranslation(exchange, backend, dialect, to, upstreamModel, options);
}

/** True when the bytes can go on with nothing but the named splices (law 2 of the design). */
export function canPass(exchange: Exchange, dialect: Dialect, to: ChatProtocol): boolean {
  if (to !== exchange.protocol) return false;
  // what another vendor sealed would be refused: the codec leaves it out by name
  const origin = exchange.facts?.sealed?.origin ?? null;
  if (origin !== null && !takesSeal(dialect, origin)) return false;
  if (to.needsTranslation(exchange.scan!, exchange.outline!, dialect)) return false;
  const scan = exchange.scan!;
  // both spellings at once: which of the two counts is the codec's to say
  for (const from in dialect.rename) if (scan.has(from) && scan.has(dialect.rename[from]!)) return false;
  if (dialect.unsupported.size === 0) return true;
  return !scan.keys.some((key) => dialect.unsupported.has(key));
}

function encodePass(
  exchange: Exchange,
  backend: Backend,
  dialect: Dialect,
  upstreamModel: string,
  options: SlotOptions,
): Encoded {
  const protocol = exchange.protocol;
  const scan = exchange.scan!;
  const edits: Edit[] = [];
  const splices: string[] = [];
  if (upstreamModel !== exchange.model) {
    edits.push({ kind: 'replace', key: 'model', value: upstreamModel });
    splices.push('request.model');
  }
  for (const from in dialect.rename) {
    if (!scan.has(from)) continue;
    edits.push({ kind: 'rename', from, to: dialect.rename[from]! });
    splices.push(`request.${from}`);
  }
  const { stream, streamUsage } = exchange.outline!;
  const askUsage = stream && !streamUsage && dialect.streamUsage;
  if (askUsage) {
    edits.push(usageEdit(scan.value('stream_options')));
    splices.push('request.stream_options');
  }
  if (backend.region !== null && backend.region.field !== null) {
    const [key, value] = backend.region.field;
    edits.push({ kind: scan.has(key) ? 'replace' : 'append', key, value });
    splices.push(`request.${key}`);
  }
  if (hasWishes(exchange) && dialect.takesPreferences !== true) {
    edits.push({ kind: 'remove', key: PREFERENCE_FIELD });
    splices.push(`request.${PREFERENCE_FIELD}`);
  }
  if (options.answerModel !== null) splices.push('answer.model');
  const from: ReadContext = { dialect, names: NO_NAMES };
  return {
    path: protocol.path,
    headers: protocol.passHeaders(exchange.call.headers, dialect),
    body: edits.length === 0 ? scan.body : spliceBody(scan, edits),
    mode: 'pass',
    slot: stream ? new PassStream(protocol, from, askUsage, options) : passAnswer(protocol, from, options),
    losses: createLossLog(),
    splices,
    upstreamModel,
  };
}

function usageEdit(options: Json | undefined): Edit {
  if (options === undefined) return { kind: 'append', key: 'stream_options', value: { include_usage: true } };
  return { kind: 'replace', key: 'stream_options', value: { ...(options as object), include_usage: true } };
}

function encodeTranslation(
  exchange: Exchange,
  backend: Backend,
  dialect: Dialect,
  to: ChatProtocol,
  upstreamModel: string,
  options: SlotOptions,
): Encoded {
  const { call, protocol, outline } = exchange;
  exchange.request ??= exchange.live.seals.bind(protocol.readRequest(bodyOf(exchange), call.headers));
  const losses = createLossLog();
  const request = exchange.request;
  const wire = to.writeRequest({ ...request, model: upstreamModel }, dialect, losses);
  if (losses.losses.length > 0 && exchange.plan!.lossy === 'refuse') {
    const fields = losses.losses.map(({ field }) => field);
    throw new GatewayError('translation-lossy', `The backend's language cannot say: ${fields.join(', ')}.`, {
      facts: { fields },
    });
  }
  const context: ReadContext = { dialect, names: wire.names };
  const translation: Translation = { from: to, context, to: protocol, request, losses };
  return {
    path: wire.path,
    headers: wire.headers,
    body: encoder.encode(JSON.stringify(placed(wire.body, exchange, backend, dialect))),
    mode: 'translate',
    slot: outline!.stream ? new TranslateStream(translation, options) : translateAnswer(translation, options),
    losses,
    splices: [],
    upstreamModel,
  };
}

/** The body without the wishes for backends: they are met here, and no other vendor would know them. */
function bodyOf(exchange: Exchange): JsonObject {
  const body: JsonObject = JSON.parse(decoder.decode(exchange.scan!.body));
  if (!hasWishes(exchange)) return body;
  const { [PREFERENCE_FIELD]: _wishes, ...rest } = body;
  return rest;
}

/** The written body with what chooses the region, and the wishes where they are understood. */
function placed(body: JsonObject, exchange: Exchange, { region }: Backend, dialect: Dialect): JsonObject {
  const field = region?.field ?? null;
  const wishes = dialect.takesPreferences === true && hasWishes(exchange);
  if (field === null && !wishes) return body;
  return {
    ...body,
    ...(field === null ? {} : { [field[0]]: field[1] }),
    ...(wishes ? { [PREFERENCE_FIELD]: exchange.scan!.value(PREFERENCE_FIELD) } : {}),
  };
}
