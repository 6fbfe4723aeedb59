/** Step 3: state the facts and let the policies decide. */
import { Capability } from '../core/backend.ts';
import { seededRandom, type Clock, type Random } from '../core/clock.ts';
import { GatewayError } from '../core/gateway-error.ts';
import type { Plan, PlanFunction, RequestFacts, WitnessFunction } from '../core/policy.ts';
import type { Recorder } from '../core/recorder.ts';
import { countMediaBytes, hashBeginning } from '../wire/prompt-glance.ts';
import type { Exchange } from './exchange.ts';
import { preferenceOf } from './preference.ts';

/** Bytes of JSON per token: a middle figure for prose and code in the common vocabularies. */
const BYTES_PER_TOKEN = 4;
/** What an image, sound or file counts as, since its bytes say nothing. */
const MEDIA_TOKENS = 1024;
/** How much of a prompt's beginning counts: about 512 tokens, a block of the usual prefix caches. */
const STICKY_BYTES = 2048;
const MEDIA = Capability.images | Capability.audioIn | Capability.files;

/** Fills `facts`, `plan` and `seed`. Pure but for the seed that it draws and the clock that times it. */
export function decide(exchange: Exchange, plan: PlanFunction, random: Random, clock: Clock): Plan {
  const facts = stateFacts(exchange);
  const seed = Math.floor(random.next() * 4294967296);
  noteDemand(exchange);
  const view = exchange.live.board.view(exchange.startTick, exchange.at);
  const decided = plan(exchange.live.snapshot.policy, facts, view, seededRandom(seed));
  exchange.facts = facts;
  exchange.seed = seed;
  exchange.plan = decided;
  exchange.planMs = clock.tick() - exchange.startTick;
  return decided;
}

/** The price of a pool's slots follows the requests that could use it. */
function noteDemand({ live: { board }, alias }: Exchange): void {
  for (const [index, pool] of board.pools.entries()) {
    if (alias!.candidates.some(({ backend }) => backend.pool === index)) pool.wanted();
  }
}

/** The facts of a resolved exchange. */
export function stateFacts(exchange: Exchange): RequestFacts {
  const { call, caller, outline, alias, live } = exchange;
  const bytes = call.body.byteLength;
  const media = (outline!.needs & MEDIA) !== 0;
  const sealed = alias!.candidates.length < 2 ? null : live.seals.hint(exchange.protocol, exchange.scan!);
  const preference = preferenceOf(exchange);
  return {
    requestId: exchange.id,
    at: exchange.at,
    surface: call.surface,
    model: exchange.model!,
    alias: exchange.alias!,
    stream: outline!.stream,
    inputTokens: media ? mediaTokens(call.body) : Math.ceil(bytes / BYTES_PER_TOKEN),
    maxOutputTokens: outline!.maxOutputTokens,
    choices: outline!.choices,
    needs: outline!.needs,
    bodyBytes: bytes,
    user: outline!.user,
    key: caller?.id ?? null,
    tenant: caller?.tenant ?? null,
    headers: call.headers,
    data: exchange.data,
    ...(sealed === null ? {} : { sealed }),
    ...(preference === null ? {} : { preference }),
    ...(call.place === undefined ? {} : { place: call.place }),
    ...(live.snapshot.policy.sticky ? { stick: stickOf(exchange) } : {}),
  };
}

/** What stands beside encoded media counts as text, and the media as one image. */
function mediaTokens(body: Uint8Array): number {
  return MEDIA_TOKENS + Math.ceil((body.byteLength - countMediaBytes(body)) / BYTES_PER_TOKEN);
}

/** Turns of one conversation and prompts with one preamble begin alike. */
function stickOf({ scan }: Exchange): number {
  const { body } = scan!;
  const range = scan!.range('messages') ?? scan!.range('input') ?? [0, body.byteLength];
  return hashBeginning(body, range[0], range[1], STICKY_BYTES);
}

/** Writes the decision into the log, where the file asks for it. */
export function recordDecision(
  exchange: Exchange,
  plan: Plan,
  { witness, recorder }: { readonly witness: WitnessFunction; readonly recorder: Recorder },
): void {
  const { snapshot, board } = exchange.live;
  if (snapshot.decisions === 'refused' && plan.refusal === null) return;
  const decision = { id: exchange.decision, seed: exchange.seed };
  const state = board.view(exchange.startTick, exchange.at);
  const record = witness(snapshot.policy, exchange.facts!, state, plan, decision);
  recorder.record({ type: 'decision', at: exchange.at, record });
}

/** The refusal of a plan as the error that the caller gets. */
export function refusalError(exchange: Exchange, plan: Plan): GatewayError {
  const refusal = plan.refusal!;
  const backends = plan.trace.map(({ candidate, rejections }) => ({
    id: candidate.backend.id,
    failed: rejections.map(({ id, key, want, got, grade, scope }) => ({
      constraint: id,
      key,
      want,
      got,
      ...(grade === undefined ? {} : { grade }),
      ...(scope === undefined ? {} : { scope }),
    })),
  }));
  const { reference } = exchange;
  const why = reference === null ? '' : ` Only that backend keeps the ${reference.kind} that the request refers to.`;
  return new GatewayError(refusal.code, refusal.message + why, {
    ...(refusal.retryAfterMs === null ? {} : { retryAfterMs: refusal.retryAfterMs }),
    ...(refusal.location == null ? {} : { headers: ['location', elsewhere(exchange, refusal.location)] }),
    facts: {
      decision_id: exchange.decision,
      policy: { digest: exchange.live.snapshot.policy.digest },
      blocked_by: refusal.blockedBy.map(({ constraint, backends: count }) => ({ constraint, backends: count })),
      ...(exchange.mayExplain ? { backends, nearest: refusal.nearest && { ...refusal.nearest } } : {}),
    },
  });
}

/** Where the same request goes: the path of a chat, or the origin alone. */
function elsewhere({ call, protocol }: Exchange, origin: string): string {
  return call.operation === 'chat' ? `${origin}/v1${protocol.path}` : origin;
}
