/** The last step: what the exchange was is recorded, once. */
import { nameOfClass, UNCLASSIFIED } from '../core/data-class.ts';
import type { ErrorCode } from '../core/error-codes.ts';
import type { Outcome, Recorder } from '../core/recorder.ts';
import type { Exchange } from './exchange.ts';

/** How an exchange ended. `status` is what the client saw (499 where it saw none). */
export interface Ending {
  readonly outcome: Outcome;
  readonly status: number;
  readonly code: ErrorCode | null;
}

/** Records the exchange as ended at `tick` (monotonic ms); later calls do nothing. */
export function settle(exchange: Exchange, ending: Ending, tick: number, recorder: Recorder): void {
  if (exchange.settled) return;
  exchange.settled = true;
  const { call, live, facts, data } = exchange;
  recorder.record({
    type: 'exchange',
    at: exchange.at,
    requestId: exchange.requestId,
    surface: call.surface,
    operation: call.operation,
    stream: facts?.stream ?? false,
    model: exchange.model,
    backend: exchange.backend,
    provider: exchange.provider,
    upstreamModel: exchange.upstreamModel,
    path: exchange.path,
    rule: exchange.plan?.rule ?? null,
    decision: exchange.plan === null ? null : exchange.decision,
    policy: live.snapshot.policy.digest,
    key: exchange.caller?.id ?? null,
    tenant: exchange.caller?.tenant ?? null,
    class: data === UNCLASSIFIED ? null : nameOfClass(data.class),
    labels: data.labels,
    status: ending.status,
    code: ending.code,
    outcome: ending.outcome,
    phases: {
      planMs: exchange.planMs,
      headersMs: exchange.headersMs,
      firstContentMs: exchange.firstContentMs,
      totalMs: tick - exchange.startTick,
    },
    usage: exchange.usage,
    finish: exchange.finish,
    costUsd: exchange.costUsd,
    proof: exchange.proof,
    attempts: exchange.attempts,
    losses: exchange.losses,
    splices: exchange.splices,
    bytesIn: call.body.byteLength,
    bytesOut: exchange.bytesOut,
    maxOutputTokens: facts?.maxOutputTokens ?? null,
  });
}
