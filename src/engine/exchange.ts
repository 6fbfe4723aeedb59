/** One request on its way through the engine: what each step learnt, in one object. */
import type { ModelAlias } from '../core/backend.ts';
import type { ChatRequest } from '../core/chat.ts';
import type { Call, ReplySink } from '../core/gateway.ts';
import { UNCLASSIFIED, type DataFacts } from '../core/data-class.ts';
import type { Plan, RequestFacts } from '../core/policy.ts';
import type { ChatProtocol, RequestOutline } from '../core/protocol.ts';
import type { AttemptRecord } from '../core/recorder.ts';
import type { FinishReason, Usage } from '../core/usage.ts';
import type { ObjectScan } from '../wire/json-scan.ts';
import type { Reference } from './side/kept.ts';
import type { Live } from './live.ts';
import type { KeyEntry } from './snapshot.ts';

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The state of one request. Steps fill it in order; nothing here does work. */
export class Exchange {
  readonly call: Call;
  readonly sink: ReplySink;
  /** The snapshot that the request started with, and keeps. */
  readonly live: Live;
  readonly protocol: ChatProtocol;
  /** Wall clock and monotonic clock at the start, ms. */
  readonly at: number;
  readonly startTick: number;
  /** This gateway's id of the request, and the client's own where it sent a usable one. */
  readonly id: string;
  readonly requestId: string;
  readonly decision: string;

  // admit
  caller: KeyEntry | null = null;
  // resolve
  scan: ObjectScan | null = null;
  outline: RequestOutline | null = null;
  model: string | null = null;
  alias: ModelAlias | null = null;
  request: ChatRequest | null = null;
  /** What it refers to at the upstream that keeps it. */
  reference: Reference | null = null;
  /** The query that goes on, without `?`. */
  query = '';
  // classify
  data: DataFacts = UNCLASSIFIED;
  // plan
  facts: RequestFacts | null = null;
  plan: Plan | null = null;
  seed = 0;
  planMs = 0;
  // attempt and relay
  backend: string | null = null;
  provider: string | null = null;
  upstreamModel: string | null = null;
  path: 'pass' | 'translate' | null = null;
  readonly attempts: AttemptRecord[] = [];
  losses: readonly string[] = [];
  splices: readonly string[] = [];
  headersMs: number | null = null;
  firstContentMs: number | null = null;
  bytesOut = 0;
  usage: Usage | null = null;
  finish: FinishReason | null = null;
  costUsd: number | null = null;
  /** What the answer said of where it ran. */
  proof: string | null = null;
  /** True once the outcome is recorded: an exchange settles once. */
  settled = false;
  /** True once the client left. */
  gone = false;

  /** @param id 24 characters, fresh */
  constructor(call: Call, sink: ReplySink, live: Live, protocol: ChatProtocol, at: number, tick: number, id: string) {
    this.call = call;
    this.sink = sink;
    this.live = live;
    this.protocol = protocol;
    this.at = at;
    this.startTick = tick;
    this.id = `req_${id}`;
    this.decision = `dec_${id}`;
    const sent = call.headers.get('x-request-id');
    this.requestId = sent !== null && REQUEST_ID.test(sent) ? sent : this.id;
  }

  /** True when the caller may see backends' details: an open gateway, or a key with the permission. */
  get mayExplain(): boolean {
    return this.live.snapshot.keys === null || this.caller?.explain === true;
  }
}
