/** What all parts of a request's writer know: the request, its reader on the other side, and the names that had to change. */
import type { ChatRequest, ToolCallPart } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect } from '../../core/protocol.ts';
import { createCallIds, type CallIds } from '../../wire/codec/call-ids.ts';
import { isPlainDialect } from './dialect.ts';
import { ownBag } from './extra.ts';
import { modelRules, type ModelRules } from './model-rules.ts';
import { createToolNames, type ToolNames } from '../../wire/codec/tool-names.ts';
import { isStrictVersion } from './version.ts';

/** The context of one request. */
export interface WriteContext {
  readonly request: ChatRequest;
  /** The request's own bag. */
  readonly bag: JsonObject;
  readonly to: Dialect;
  readonly losses: LossLog;
  readonly ids: CallIds;
  readonly names: ToolNames;
  /** True when the client speaks this language itself. */
  readonly native: boolean;
  /** True when nothing is to be judged: the client's own language, and no vendor named. */
  readonly verbatim: boolean;
  /** The version that the client named; null = none. */
  readonly version: string | null;
  /** True under a version that refuses what older ones ignored. */
  readonly strict: boolean;
  /** What the model takes; null for a model that is no Claude, and where nothing is to be judged. */
  readonly rules: ModelRules | null;
}

/** Longest name of a tool in the protocol. */
const NAME_LENGTH = 128;
/** Ids that Anthropic takes. */
const CALL_ID = '^[a-zA-Z0-9_-]+$';

/** The context of a request on its way to a dialect. */
export function contextOf(request: ChatRequest, to: Dialect, losses: LossLog): WriteContext {
  const bag = ownBag(request.extra);
  const native = '#version' in bag;
  const verbatim = native && isPlainDialect(to);
  const version = typeof bag['#version'] === 'string' ? bag['#version'] : null;
  return {
    request,
    bag,
    to,
    losses,
    ids: createCallIds(to.toolCallId ?? CALL_ID),
    names: createToolNames(request, to.toolNameLength ?? NAME_LENGTH),
    native,
    verbatim,
    version,
    strict: !verbatim && isStrictVersion(version),
    rules: verbatim ? null : modelRules(request.model),
  };
}

/** The id and name under which a call is written. */
export function writtenCall({ ids, names }: WriteContext, call: ToolCallPart): readonly [id: string, name: string] {
  return [ids.write(call.id), names.write(call.name)];
}
