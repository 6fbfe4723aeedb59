/** The metrics of the gateway: a reader that counts events, and their text for `/metrics`. */
import type { ExchangeRecord, GatewayEvent, Phases } from '../core/recorder.ts';
import type { BreakerState } from '../core/policy.ts';
import type { Usage } from '../core/usage.ts';
import { createHistogram, createNumbers, type Family } from './metric-family.ts';
import type { Reader, Ring } from './ring.ts';

/** The label value where there is nothing to name: no backend was reached, no error happened. */
const NONE = 'none';

/** The label value of every model name that is not an alias of the configuration. */
const OTHER = 'other';

/** Upper bounds in seconds, from a fast decision to a long answer. */
const SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320,
];

const BREAKER: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** The media type of the text. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What the metrics must know beyond the events. */
export interface MetricsOptions {
  /** Version of the gateway, for `thalweg_build_info`. */
  readonly version: string;
  /** Whether a name is an alias of the running configuration; other names share one series. */
  readonly isModel: (name: string) => boolean;
  /** What runs and waits at this moment. */
  readonly load: () => Load;
}

/** What runs and waits, by the names of the running configuration. */
export interface Load {
  readonly backends: readonly { readonly id: string; readonly running: number }[];
  readonly pools: readonly {
    readonly id: string;
    readonly slots: number;
    readonly running: number;
    readonly waiting: number;
  }[];
}

/** The metrics. */
export interface Metrics {
  readonly reader: Reader;
  /** Everything so far in the Prometheus text format 0.0.4, with the losses of `ring` when given. */
  text(ring?: Ring): string;
}

/** Makes the metrics. Labels come from the configuration and from closed lists only, so that no client can make new series. */
export function createMetrics({ version, isModel, load }: MetricsOptions): Metrics {
  const families = createFamilies();
  families.build.set(1, version);
  const read = (batch: readonly GatewayEvent[]): void => {
    for (const event of batch) {
      if (event.type === 'breaker') families.breakers.set(BREAKER[event.to], event.backend);
      else if (event.type === 'artifact') families.artifacts.set(event.isVerified ? 1 : 0, event.artifact);
      else if (event.type === 'notice') families.notices.add(1, event.name, event.level);
      else if (event.type === 'exchange')
        countExchange(families, event, event.model !== null && isModel(event.model) ? event.model : OTHER);
    }
  };
  return {
    reader: { id: 'metrics', read },
    text(ring) {
      for (const { reader, dropped, failed } of ring?.losses() ?? []) {
        families.drops.set(dropped, reader);
        families.readerFailures.set(failed, reader);
      }
      return [...Object.values<Family>(families), ...loadFamilies(load())].map((family) => family.text()).join('');
    },
  };
}

/** Made anew for each reading, so that what a reload took away is gone. */
function loadFamilies({ backends, pools }: Load): readonly Family[] {
  const gauge = (name: string, help: string, label: string) => createNumbers('gauge', { name, help, labels: [label] });
  const running = gauge('thalweg_attempts_running', 'Attempts under way.', 'backend');
  const slots = gauge('thalweg_pool_slots', 'Requests that may run at a time.', 'pool');
  const taken = gauge('thalweg_pool_running', 'Slots that are taken.', 'pool');
  const waiting = gauge('thalweg_pool_waiting', 'Requests that wait for a slot.', 'pool');
  for (const backend of backends) running.set(backend.running, backend.id);
  for (const pool of pools) {
    slots.set(pool.slots, pool.id);
    taken.set(pool.running, pool.id);
    waiting.set(pool.waiting, pool.id);
  }
  return [running, slots, taken, waiting];
}

type Families = ReturnType<typeof createFamilies>;

function countExchange(families: Families, event: ExchangeRecord, model: string): void {
  const backend = event.backend ?? NONE;
  families.requests.add(1, event.surface, model, backend, event.outcome, event.code ?? NONE);
  if (event.class !== null) families.classes.add(1, event.class, backend);
  if (event.operation === 'chat') countPhases(families, event.phases);
  if (event.usage !== null) countTokens(families, event.usage, model, backend);
  if (event.costUsd !== null) families.cost.add(event.costUsd, model, backend);
  else if (event.backend !== null && isBilled(event)) families.unpriced.add(1, model, backend);
  for (const attempt of event.attempts) {
    families.attempts.add(1, attempt.backend, attempt.code ?? 'ok');
    if (!families.breakers.has(attempt.backend)) families.breakers.set(BREAKER.closed, attempt.backend);
  }
}

/** Counting tokens and asking for what is stored cost nothing anywhere. */
function isBilled({ operation }: ExchangeRecord): boolean {
  return operation === 'chat' || operation === 'compact';
}

function countPhases({ phases }: Families, { planMs, headersMs, firstContentMs, totalMs }: Phases): void {
  phases.observe(planMs / 1000, 'plan');
  if (headersMs !== null) phases.observe(headersMs / 1000, 'headers');
  if (firstContentMs !== null) phases.observe(firstContentMs / 1000, 'first_content');
  phases.observe(totalMs / 1000, 'total');
}

function countTokens({ tokens }: Families, usage: Usage, model: string, backend: string): void {
  if (usage.inputTokens !== null) tokens.add(usage.inputTokens, 'input', model, backend);
  if (usage.cachedInputTokens !== null) tokens.add(usage.cachedInputTokens, 'cached_input', model, backend);
  if (usage.cacheWriteTokens !== null) tokens.add(usage.cacheWriteTokens, 'cache_write', model, backend);
  if (usage.outputTokens !== null) tokens.add(usage.outputTokens, 'output', model, backend);
  if (usage.reasoningTokens !== null) tokens.add(usage.reasoningTokens, 'reasoning', model, backend);
}

function createFamilies() {
  const counter = (name: string, help: string, ...labels: readonly string[]) =>
    createNumbers('counter', { name, help, labels });
  const gauge = (name: string, help: string, ...labels: readonly string[]) =>
    createNumbers('gauge', { name, help, labels });
  const tokensHelp =
    'Tokens as upstreams report them; cached_input and cache_write are part of input, reasoning is part of output.';
  const phasesHelp = 'Chats: admission to plan; start to upstream headers, to first content, to the end.';
  return {
    build: gauge('thalweg_build_info', 'The running version.', 'version'),
    requests: counter(
      'thalweg_requests_total',
      'Finished exchanges by outcome.',
      'surface',
      'model',
      'backend',
      'outcome',
      'code',
    ),
    classes: counter(
      'thalweg_classified_requests_total',
      'Finished exchanges by class of their data.',
      'class',
      'backend',
    ),
    phases: createHistogram({ name: 'thalweg_request_phase_seconds', help: phasesHelp, labels: ['phase'] }, SECONDS),
    tokens: counter('thalweg_tokens_total', tokensHelp, 'direction', 'model', 'backend'),
    cost: counter('thalweg_cost_usd_total', 'Known cost in US dollars.', 'model', 'backend'),
    unpriced: counter(
      'thalweg_unpriced_requests_total',
      'Exchanges whose cost is not known and not in thalweg_cost_usd_total.',
      'model',
      'backend',
    ),
    attempts: counter(
      'thalweg_attempts_total',
      'Attempts by backend; the result is ok or the error code.',
      'backend',
      'result',
    ),
    breakers: gauge('thalweg_breaker_state', 'Circuit breakers: 0 closed, 1 half-open, 2 open.', 'backend'),
    artifacts: gauge('thalweg_artifact_verified', 'Signed models: 1 verified and routed to, 0 not.', 'artifact'),
    notices: counter('thalweg_notices_total', 'Notices to the operator, as in the log.', 'name', 'level'),
    drops: counter('thalweg_ring_drops_total', 'Events a reader of the telemetry ring missed.', 'reader'),
    readerFailures: counter('thalweg_ring_failures_total', 'Batches that made a reader of the ring fail.', 'reader'),
  };
}
