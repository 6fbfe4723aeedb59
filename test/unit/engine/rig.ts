/** An engine over a scripted transport, with the real policies and the real openai-chat codec. */
import { explain, plan, recheck, witness } from '../../../policies/index.ts';
import { compileSnapshot, protocols } from '../../../src/app.ts';
import type { ArtifactLeases } from '../../../src/core/artifact.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import type { WholeConfig } from '../../../src/core/config.ts';
import type { BreakerRecord, ExchangeRecord, GatewayEvent, NoticeRecord } from '../../../src/core/recorder.ts';
import { Secret } from '../../../src/core/secret.ts';
import { nodeDigest } from '../../../src/crypto/node/digest.ts';
import type { KeyValue } from '../../../src/core/stores.ts';
import { createEngine, type Engine } from '../../../src/engine/gateway.ts';
import { createMemoryStore } from '../../../src/state/memory.ts';
import { makeCall, makeReply, type CallOptions, type ClientCall, type Reply } from '../../support/client.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { createScriptedTransport, type ScriptedTransport } from '../../support/scripted-transport.ts';

/** The rig of one test. */
export interface Rig {
  readonly engine: Engine;
  readonly clock: ManualClock;
  readonly transport: ScriptedTransport;
  readonly events: GatewayEvent[];
  /** The records of finished exchanges. */
  exchanges(): ExchangeRecord[];
  breakers(): BreakerRecord[];
  notices(): NoticeRecord[];
  /** Sends a call and gives both of its ends. */
  ask(body: unknown, options?: CallOptions): { readonly call: ClientCall; readonly reply: Reply };
  install(whole: WholeConfig): Promise<void>;
}

/** Compiles and starts. Secret references are their own value. */
export async function createRig(
  whole: WholeConfig,
  more: { readonly store?: KeyValue; readonly artifacts?: ArtifactLeases } = {},
): Promise<Rig> {
  const clock = createManualClock();
  const transport = createScriptedTransport();
  const events: GatewayEvent[] = [];
  const compile = (config: WholeConfig) =>
    compileSnapshot(config, { digest: nodeDigest, secret: (text) => new Secret(text), priceBook: null });
  const ports = {
    clock,
    random: seededRandom(7),
    digest: nodeDigest,
    recorder: { record: (event: GatewayEvent) => void events.push(event) },
    transport,
    store: createMemoryStore({ clock, maxEntries: 10_000 }),
    protocols,
    plan,
    recheck,
    explain,
    witness,
    ...more,
  };
  const engine = createEngine(ports, await compile(whole));
  return {
    engine,
    clock,
    transport,
    events,
    exchanges: () => events.filter((event) => event.type === 'exchange'),
    breakers: () => events.filter((event) => event.type === 'breaker'),
    notices: () => events.filter((event) => event.type === 'notice'),
    ask(body, options) {
      const call = makeCall(body, options);
      const reply = makeReply();
      engine.handle(call, reply);
      return { call, reply };
    },
    async install(next) {
      engine.install(await compile(next));
    },
  };
}

/** A chat request in the OpenAI form. */
export function chat(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { model: 'some-model', messages: [{ role: 'user', content: 'Hello' }], ...more };
}

/** A whole answer in the OpenAI form. */
export function completion(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_763_856_000,
    model: 'some-model',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
    ...more,
  };
}

/** One frame of a stream in the OpenAI form. */
export function chunk(delta: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  const body = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_763_856_000,
    model: 'some-model',
    choices: [{ index: 0, delta, finish_reason: null }],
    ...more,
  };
  return `data: ${JSON.stringify(body)}\n\n`;
}

/** The frames after the content: finish, usage when asked, the terminal marker. */
export function ending(options: { usage?: boolean } = {}): string {
  const finish = chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  const usage = chunk({}, { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } });
  return `${finish}${options.usage === false ? '' : usage}data: [DONE]\n\n`;
}
