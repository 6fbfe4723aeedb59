/** The operations that call no upstream: the list of models, one model, and the explanation of a decision. */
import { GatewayError } from '../core/gateway-error.ts';
import type { Clock, Random } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { ExplainFunction, PlanFunction } from '../core/policy.ts';
import type { ModelInfo } from '../core/protocol.ts';
import type { Exchange } from './exchange.ts';
import { decide } from './plan.ts';
import { replyJson } from './reply.ts';
import { findAlias, listedModels } from './resolve.ts';

/** What the answers are made from. */
export interface QuestionPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly plan: PlanFunction;
  readonly explain: ExplainFunction;
}

/**
 * Answers an operation other than `chat`; returns the size of the answer in bytes.
 * @throws GatewayError as the operation says
 */
export function answerQuestion(exchange: Exchange, ports: QuestionPorts): number {
  const { call, protocol, live, caller } = exchange;
  if (call.operation === 'list-models') {
    return replyJson(exchange, 200, protocol.writeModels(listedModels(live.snapshot, caller).map(modelInfo)));
  }
  if (call.operation === 'get-model') {
    const asked = call.target ?? '';
    findAlias(live.snapshot, caller, asked);
    return replyJson(exchange, 200, protocol.writeModel(modelInfo(asked)));
  }
  if (call.operation === 'explain') return replyJson(exchange, 200, explainDecision(exchange, ports));
  throw new GatewayError('not-found');
}

/** The decision for the resolved request: the same functions as live traffic, and nothing called. */
function explainDecision(exchange: Exchange, ports: QuestionPorts): JsonObject {
  const plan = decide(exchange, ports.plan, ports.random, ports.clock);
  const { snapshot, board } = exchange.live;
  const decision = { id: exchange.decision, seed: exchange.seed };
  return ports.explain(
    snapshot.policy,
    exchange.facts!,
    board.view(exchange.startTick, exchange.at),
    plan,
    decision,
    exchange.mayExplain,
  );
}

function modelInfo(id: string): ModelInfo {
  return { id, ownedBy: 'thalweg', createdAtMs: null };
}
