/** The engine: strings the steps together, one exchange at a time, over the snapshot that is in service. */
import type { ArtifactLeases } from '../core/artifact.ts';
import type { Backend } from '../core/backend.ts';
import type { Protocols } from '../core/catalogue.ts';
import type { Clock, Random } from '../core/clock.ts';
import type { Digest } from '../core/digest.ts';
import type { ErrorCode } from '../core/error-codes.ts';
import { GatewayError, toGatewayError } from '../core/gateway-error.ts';
import type { Call, Gateway, Readiness, ReplySink } from '../core/gateway.ts';
import type { ExplainFunction, PlanFunction, RecheckFunction, WitnessFunction } from '../core/policy.ts';
import type { Outcome, Recorder } from '../core/recorder.ts';
import { Roll, type Listed } from '../core/roll.ts';
import type { KeyValue } from '../core/stores.ts';
import type { Transport } from '../core/transport.ts';
import { admit } from './admit.ts';
import { Attempts, type AttemptListener } from './attempt.ts';
import { createBoard } from './board.ts';
import { classify, noteClass } from './classify.ts';
import { Exchange } from './exchange.ts';
import { createKeyring } from './keyring.ts';
import { answerQuestion } from './questions.ts';
import { OriginMemory } from './origins.ts';
import { decide, recordDecision, refusalError } from './plan.ts';
import { Relay, type RelayEnd } from './relay.ts';
import { replyError, startAnswer } from './reply.ts';
import { resolve } from './resolve.ts';
import { settle } from './settle.ts';
import { mayEstimate, replyEstimate } from './side/estimate.ts';
import { isSide, STATEFUL } from './side/operations.ts';
import { noteKept } from './side/outcome.ts';
import { pinHistory } from './side/pin.ts';
import { planSide } from './side/plan-side.ts';
import { prepareSide } from './side/prepare.ts';
import type { Live } from './live.ts';
import type { Snapshot } from './snapshot.ts';
import type { Committed } from './try.ts';

/** Everything the engine is handed. */
export interface EnginePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly digest: Digest;
  readonly recorder: Recorder;
  readonly transport: Transport;
  /** Remembers who keeps what clients refer to by id. */
  readonly store: KeyValue;
  readonly protocols: Protocols;
  /** Whoever verifies the files of models; null = nobody, so that backends which need it stay out. */
  readonly artifacts?: ArtifactLeases | null;
  readonly plan: PlanFunction;
  readonly recheck: RecheckFunction;
  readonly explain: ExplainFunction;
  readonly witness: WitnessFunction;
}

/** The engine with its handles for the composition root. */
export interface Engine extends Gateway {
  /** Puts a snapshot into service; requests under way keep theirs. */
  install(snapshot: Snapshot): void;
  /** New requests are refused from now on. */
  drain(): void;
  /** Ends every answer that still runs with an honest error. */
  cutShort(): void;
  ready(): Readiness;
  /** The snapshot in service with its live figures. */
  live(): Live;
}

/** Creates an engine that serves `first`. */
export function createEngine(ports: EnginePorts, first: Snapshot): Engine {
  const seals = new OriginMemory();
  let live: Live = {
    snapshot: first,
    board: createBoard(first, ports, null),
    keyring: createKeyring(first),
    seals,
  };
  let draining = false;
  const running = new Roll<Running>();

  function begin(call: Call, sink: ReplySink): Exchange {
    const protocol = ports.protocols.get(call.surface)!;
    return new Exchange(call, sink, live, protocol, ports.clock.now(), ports.clock.tick(), ports.random.id());
  }

  return {
    install(snapshot) {
      const previous = { backends: live.snapshot.backends, board: live.board };
      live = {
        snapshot,
        board: createBoard(snapshot, ports, previous),
        keyring: createKeyring(snapshot),
        seals,
      };
    },
    drain() {
      draining = true;
    },
    cutShort() {
      running.each((one) => one.shutdown());
    },
    ready() {
      const reason = draining ? 'draining' : live.board.isShut(ports.clock.tick()) ? 'artifact-untrusted' : null;
      return { ready: reason === null, reason };
    },
    live: () => live,
    refuse(call, error, sink) {
      new Running(begin(call, sink), ports, running).refuse(error);
    },
    handle(call, sink) {
      const one = new Running(begin(call, sink), ports, running);
      if (draining) one.refuse(new GatewayError('gateway-shutdown', undefined, { retryAfterMs: 1000 }));
      else one.start();
    },
  };
}

/** One exchange under way: moves it from step to step and ends it exactly once. */
class Running implements AttemptListener, Listed<Running> {
  readonly #exchange: Exchange;
  readonly #ports: EnginePorts;
  readonly #roll: Roll<Running>;
  before: Running | null = null;
  after: Running | null = null;
  isListed = false;
  #relay: Relay | null = null;
  /** Who answers, once somebody does. */
  #answering: Backend | null = null;
  #attempts: Attempts | null = null;

  constructor(exchange: Exchange, ports: EnginePorts, roll: Roll<Running>) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#roll = roll;
  }

  start(): void {
    this.#roll.add(this);
    this.#exchange.call.onGone(() => this.#gone());
    try {
      const admitted = admit(this.#exchange, this.#ports.digest);
      if (admitted instanceof Promise) this.#proceedLater(admitted);
      else this.#proceed();
    } catch (cause) {
      // an exception is this request's failure, never the process's
      this.refuse(toGatewayError(cause));
    }
  }

  refuse(error: GatewayError): void {
    this.#roll.remove(this);
    const exchange = this.#exchange;
    if (exchange.settled) return;
    if (exchange.gone) return this.#settle('client-gone', 499, 'client-gone', this.#ports.clock.tick());
    const { status, bytes } = replyError(exchange, error);
    exchange.bytesOut += bytes;
    this.#settle(exchange.attempts.length === 0 ? 'refused' : 'failed', status, error.code, this.#ports.clock.tick());
    this.#notice(error);
  }

  /** The gateway stops before the answer is complete. */
  shutdown(): void {
    const error = new GatewayError('gateway-shutdown');
    if (this.#relay !== null) return this.#relay.fail(error);
    this.#attempts?.abandon();
    this.refuse(error);
  }

  #proceedLater(admitted: Promise<void>): void {
    admitted.then(() => this.#proceed()).catch((cause: unknown) => this.refuse(toGatewayError(cause)));
  }

  #proceed(): void {
    const exchange = this.#exchange;
    if (exchange.gone) return this.#gone();
    const { operation } = exchange.call;
    let looking: Promise<void> | null = null;
    if (operation === 'chat') {
      resolve(exchange);
      if (exchange.protocol.id === STATEFUL) looking = pinHistory(exchange, this.#ports.store);
    } else if (isSide(operation)) looking = prepareSide(exchange, this.#ports.store);
    else if (operation === 'explain') resolve(exchange);
    else return this.#answered(answerQuestion(exchange, this.#ports));
    if (looking === null) this.#classify();
    else looking.then(() => this.#classify()).catch((cause: unknown) => this.refuse(toGatewayError(cause)));
  }

  #classify(): void {
    const exchange = this.#exchange;
    const stage = exchange.live.snapshot.policy.classify;
    const looking = stage === null || exchange.gone ? null : classify(exchange, stage, this.#ports);
    if (looking === null) this.#attempt();
    else looking.then(() => this.#attempt()).catch((cause: unknown) => this.refuse(toGatewayError(cause)));
  }

  #attempt(): void {
    const exchange = this.#exchange;
    if (exchange.gone) return this.#gone();
    if (exchange.call.operation === 'explain') return this.#answered(answerQuestion(exchange, this.#ports));
    const plan = decide(exchange, this.#ports.plan, this.#ports.random, this.#ports.clock);
    if (exchange.live.snapshot.decisions !== 'off') recordDecision(exchange, plan, this.#ports);
    if (plan.refusal !== null) throw refusalError(exchange, plan);
    if (exchange.call.operation !== 'chat') {
      exchange.plan = planSide(exchange, plan);
      if (exchange.plan.attempts.length === 0) return this.#answered(replyEstimate(exchange));
    }
    this.#attempts = new Attempts(exchange, this.#ports, this);
    this.#attempts.begin();
  }

  exhausted(error: GatewayError): void {
    if (!mayEstimate(this.#exchange, error)) return this.refuse(error);
    try {
      this.#answered(replyEstimate(this.#exchange));
    } catch (cause) {
      this.refuse(toGatewayError(cause));
    }
  }

  /** An answer of our own was written. */
  #answered(bytes: number): void {
    this.#exchange.bytesOut += bytes;
    this.#roll.remove(this);
    this.#settle('ok', 200, null, this.#ports.clock.tick());
  }

  committed(answer: Committed): void {
    const exchange = this.#exchange;
    const { attempt, slot, held, control, headers } = answer;
    if (exchange.protocol.id === STATEFUL) {
      noteKept(exchange, attempt.backend, slot.id, this.#ports.store, (cause) => this.#notice(toGatewayError(cause)));
      if (exchange.live.snapshot.policy.classify !== null) noteClass(exchange, slot.id, this.#ports);
    }
    // a whole answer is one piece
    startAnswer(exchange, headers, exchange.outline!.stream ? null : held[0]!.byteLength);
    const relay = new Relay(exchange, slot, control, (end) => this.#ended(answer, end));
    this.#relay = relay;
    this.#answering = attempt.backend;
    attempt.follow(relay);
    relay.begin(held);
  }

  #ended({ attempt }: Committed, end: RelayEnd): void {
    this.#roll.remove(this);
    const tick = this.#ports.clock.tick();
    if (end.kind === 'complete') {
      attempt.concluded(null, tick);
      this.#settle('ok', 200, null, tick);
    } else if (end.kind === 'failed') {
      attempt.concluded(end.error, tick);
      this.#settle('failed', 200, end.error.code, tick);
      this.#notice(end.error);
    } else {
      attempt.concluded(new GatewayError('client-gone'), tick);
      this.#settle('client-gone', 499, 'client-gone', tick);
    }
  }

  #gone(): void {
    const exchange = this.#exchange;
    exchange.gone = true;
    if (exchange.settled) return;
    if (this.#relay !== null) return this.#relay.gone(this.#answering?.onDisconnect === 'drain');
    this.#attempts?.abandon();
    this.#roll.remove(this);
    this.#settle('client-gone', 499, 'client-gone', this.#ports.clock.tick());
  }

  #settle(outcome: Outcome, status: number, code: ErrorCode | null, tick: number): void {
    settle(this.#exchange, { outcome, status, code }, tick, this.#ports.recorder);
  }

  /** The operator hears the cause of a mistake of ours; the caller never does. */
  #notice(error: GatewayError): void {
    if (error.code !== 'internal') return;
    const { clock, recorder } = this.#ports;
    const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : String(error.cause);
    recorder.record({ type: 'notice', at: clock.now(), level: 'error', name: 'internal-error', message: cause });
  }
}
