/** Thalweg as a chooser: its compiled configuration, its plan and its live figures, and nothing that only the simulator has. */
import { plan, recheck } from '../../policies/index.ts';
import { EgressPermit } from '../../src/core/egress.ts';
import { UNCLASSIFIED } from '../../src/core/data-class.ts';
import type { FailureClass } from '../../src/core/error-codes.ts';
import { viewOf } from '../../src/core/headers.ts';
import type { Attempt, Plan, RequestFacts } from '../../src/core/policy.ts';
import { Secret } from '../../src/core/secret.ts';
import { createBoard, type Board } from '../../src/engine/board.ts';
import type { SlotListener } from '../../src/engine/slot-pool.ts';
import type { Snapshot } from '../../src/engine/snapshot.ts';
import { compileOnNode } from '../../src/node.ts';
import { configOf } from './config.ts';
import type { Choice, Chooser, ChooserMaker, TryReport } from './run.ts';
import type { Arrival } from './scenario.ts';
import type { Timeline } from './timeline.ts';

const PII = viewOf(['x-data', 'pii']);
const PLAIN = viewOf(['x-data', 'plain']);

/** Makes Thalweg for a scenario. */
export const thalweg: ChooserMaker = (scenario, time, random) => {
  const snapshot = compileOnNode(configOf(scenario), { secret: (text) => new Secret(text), priceBook: null });
  const board = createBoard(snapshot, { clock: time, recorder: { record: () => {} } }, null);
  const desk: Desk = { snapshot, board, time, random };
  return { choose: (request, isProtected) => new PlannedChoice(desk, request, isProtected) } satisfies Chooser;
};

interface Desk {
  readonly snapshot: Snapshot;
  readonly board: Board;
  readonly time: Timeline;
  readonly random: () => number;
}

class PlannedChoice implements Choice {
  readonly #desk: Desk;
  readonly #facts: RequestFacts;
  readonly #plan: Plan;
  readonly #outputTokens: number;
  #next = 0;
  #current: Attempt | null = null;
  #startedAt = 0;

  constructor(desk: Desk, request: Arrival, isProtected: boolean) {
    const { snapshot, board, time, random } = desk;
    const alias = snapshot.aliases.get('*')!;
    this.#desk = desk;
    this.#outputTokens = request.outputTokens;
    this.#facts = {
      requestId: 'simulated',
      at: time.now(),
      surface: 'openai-chat',
      model: 'chat',
      alias,
      stream: true,
      inputTokens: request.inputTokens,
      maxOutputTokens: 512,
      choices: 1,
      needs: 0,
      bodyBytes: 4 * request.inputTokens,
      user: null,
      key: null,
      tenant: null,
      headers: isProtected ? PII : PLAIN,
      data: UNCLASSIFIED,
    };
    for (const pool of board.pools) pool.wanted();
    this.#plan = plan(snapshot.policy, this.#facts, board.view(time.tick(), time.now()), {
      next: random,
      id: () => '',
    });
  }

  next(failure: FailureClass | null, later: (backend: number | null) => void): number | null | 'waiting' {
    const { board, snapshot, time } = this.#desk;
    const { attempts } = this.#plan;
    while (this.#next < attempts.length) {
      const attempt = attempts[this.#next++]!;
      if (failure === null ? attempt.mode === 'retry' : !attempt.when.includes(failure)) continue;
      const { backend } = attempt;
      const view = board.view(time.tick(), time.now());
      const permit = recheck(snapshot.policy, this.#facts, backend, view, 'attempt', 'dec');
      if (!(permit instanceof EgressPermit)) continue;
      this.#current = attempt;
      const entered = backend.pool === null ? true : this.#enter(attempt, later);
      if (entered === null) continue;
      if (!entered) return 'waiting';
      board.begin(backend);
      return backend.index;
    }
    return null;
  }

  /** True = has a slot, false = waits for one, null = the queue is full. */
  #enter(attempt: Attempt, later: (backend: number | null) => void): boolean | null {
    const pool = this.#desk.board.pools[attempt.backend.pool!]!;
    const listener: SlotListener = {
      granted: () => {
        this.#desk.board.begin(attempt.backend);
        later(attempt.backend.index);
      },
      expired: () => {
        const chosen = this.next('overload', later);
        if (chosen !== 'waiting') later(chosen);
      },
    };
    return pool.enter(listener);
  }

  began({ ms }: TryReport): void {
    this.#startedAt = ms;
  }

  started(ms: number): void {
    const { objective } = this.#plan;
    if (objective !== null) this.#desk.board.judged(objective, ms > objective.ttftMs!);
  }

  ended({ ms }: TryReport): void {
    const { board, time } = this.#desk;
    const { backend } = this.#current!;
    if (backend.pool !== null) board.pools[backend.pool]!.leave(ms);
    board.succeeded(backend, {
      tick: time.tick(),
      inputTokens: this.#facts.inputTokens,
      cachedTokens: 0,
      ttftMs: this.#startedAt,
      outputTokens: this.#outputTokens,
      streamMs: ms - this.#startedAt,
    });
  }

  failed({ ms }: TryReport, failure: FailureClass): void {
    const { board, time } = this.#desk;
    const { backend } = this.#current!;
    if (backend.pool !== null) board.pools[backend.pool]!.leave(ms);
    board.failed(backend, failure, null, time.tick());
  }
}
