/** The requests beside chat as an upstream gets them, and the slots for their answers. */
import type { Backend } from '../../core/backend.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import type { StoredOperation } from '../../core/gateway.ts';
import type { JsonObject } from '../../core/json.ts';
import { createLossLog } from '../../core/loss.ts';
import type { ChatProtocol, ReadContext } from '../../core/protocol.ts';
import { spliceBody, spliceModel } from '../../wire/json-splice.ts';
import { canPass, type Encoded } from '../encode.ts';
import { dialectFor } from '../dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { Slot, SlotOptions } from '../slot.ts';
import { WholeAnswer, type Finisher } from '../whole-answer.ts';
import { countAnswer } from './estimate.ts';
import { COMPACT_PATH, COUNT_PATHS, isStored, STORED } from './operations.ts';
import { ReplayStream } from './replay-stream.ts';
import { writeCount } from './write-count.ts';

const encoder = new TextEncoder();
const NO_BODY = new Uint8Array(0);

/**
 * Encodes the request of an exchange beside chat for one backend.
 * @throws GatewayError what the codec of the client cannot read
 */
export function encodeSide(exchange: Exchange, backend: Backend, to: ChatProtocol): Encoded {
  const { operation } = exchange.call;
  const upstreamModel = backend.model === '*' ? exchange.model! : backend.model;
  const renameAnswer = exchange.alias!.answer === 'asked' && upstreamModel !== exchange.model;
  const answerModel = renameAnswer ? exchange.model : null;
  if (isStored(operation)) return encodeStored(exchange, operation, upstreamModel, answerModel, backend);
  if (operation === 'compact') return encodeCompact(exchange, upstreamModel, answerModel, backend);
  return encodeCount(exchange, upstreamModel, backend, to);
}

/** Bytes as they came, at the path of the operation. */
function encodeStored(
  exchange: Exchange,
  operation: StoredOperation,
  upstreamModel: string,
  answerModel: string | null,
  { dialect }: Backend,
): Encoded {
  const { call, protocol, query } = exchange;
  const { method, path } = STORED[operation];
  const [id = '', item = ''] = (call.target ?? '').split('/');
  const options = optionsOf(exchange, answerModel);
  const from: ReadContext = { dialect, names: new Map() };
  return {
    method,
    path: path.replace('{id}', id).replace('{item}', item) + (query === '' ? '' : `?${query}`),
    headers: protocol.passHeaders(call.headers, dialect),
    body: call.body.byteLength === 0 ? NO_BODY : exchange.scan!.body,
    mode: 'pass',
    slot: exchange.outline!.stream
      ? new ReplayStream(protocol, from, options)
      : new WholeAnswer((body, bytes) => passDocument(body, bytes, answerModel), protocol, options),
    losses: createLossLog(),
    splices: answerModel === null ? [] : ['answer.model'],
    upstreamModel,
  };
}

function encodeCompact(
  exchange: Exchange,
  upstreamModel: string,
  answerModel: string | null,
  { dialect }: Backend,
): Encoded {
  const { call, protocol } = exchange;
  const from: ReadContext = { dialect, names: new Map() };
  const finisher: Finisher = (body, bytes) => ({
    ...passDocument(body, bytes, answerModel),
    ...usageOf(protocol, body, from),
  });
  return {
    path: COMPACT_PATH,
    headers: protocol.passHeaders(call.headers, dialect),
    ...withModel(exchange, upstreamModel, answerModel),
    mode: 'pass',
    slot: new WholeAnswer(finisher, protocol, optionsOf(exchange, answerModel)),
    losses: createLossLog(),
    upstreamModel,
  };
}

/** In the language of the backend: the client's bytes where it is the same, else what the message itself would be there. */
function encodeCount(exchange: Exchange, upstreamModel: string, backend: Backend, to: ChatProtocol): Encoded {
  const { call, protocol } = exchange;
  const dialect = dialectFor(backend.dialect, upstreamModel);
  const path = COUNT_PATHS[to.id]!;
  const same = to === protocol;
  const slot = new WholeAnswer(
    (body, bytes) => {
      const tokens = readCount(body);
      const answer = same ? bytes : encoder.encode(JSON.stringify(countAnswer(exchange, tokens)));
      return { bytes: answer, id: null, usage: null, finish: null, seal: null };
    },
    protocol,
    optionsOf(exchange, null),
  );
  if (canPass(exchange, dialect, to)) {
    const headers = protocol.passHeaders(call.headers, dialect);
    const losses = createLossLog();
    return { path, headers, ...withModel(exchange, upstreamModel, null), mode: 'pass', slot, losses, upstreamModel };
  }
  return {
    path,
    ...writeCount(exchange, upstreamModel, dialect, to),
    mode: 'translate',
    slot,
    splices: [],
    upstreamModel,
  };
}

/** The client's bytes with the model's name there. */
function withModel(
  { scan, model }: Exchange,
  upstreamModel: string,
  answerModel: string | null,
): Pick<Encoded, 'body' | 'splices'> {
  const answered = answerModel === null ? [] : ['answer.model'];
  if (upstreamModel === model) return { body: scan!.body, splices: answered };
  const body = spliceBody(scan!, [{ kind: 'replace', key: 'model', value: upstreamModel }]);
  return { body, splices: ['request.model', ...answered] };
}

/** A document of the upstream as it came, with the model's name as it was asked for. */
function passDocument(body: JsonObject, bytes: Uint8Array, answerModel: string | null): ReturnType<Finisher> {
  const renamed = answerModel === null ? null : spliceModel(bytes, answerModel);
  const { id } = body;
  return { bytes: renamed ?? bytes, id: typeof id === 'string' ? id : null, usage: null, finish: null, seal: null };
}

function usageOf(protocol: ChatProtocol, body: JsonObject, from: ReadContext): Pick<Slot, 'usage' | 'finish'> {
  const { usage, finish } = protocol.inspectResponse(body, from);
  return { usage, finish };
}

function readCount(body: JsonObject): number {
  const tokens = body['input_tokens'];
  if (typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0) return tokens;
  throw new GatewayError('upstream-malformed', 'The upstream answered with something that is not a count of tokens.');
}

function optionsOf({ live }: Exchange, answerModel: string | null): SlotOptions {
  const { answerBytes, eventBytes } = live.snapshot;
  return { answerModel, answerBytes, eventBytes };
}
