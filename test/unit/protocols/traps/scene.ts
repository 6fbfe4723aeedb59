/** One exchange between a client of one language and an upstream of another, through the whole engine, without sockets: for tests of single traps. */
import type { BackendConfig } from '../../../../src/core/config.ts';
import type { ProtocolId } from '../../../../src/core/chat.ts';
import type { ExchangeRecord } from '../../../../src/core/recorder.ts';
import { MODEL_LANGUAGES } from '../../../e2e/scripted-model/index.ts';
import type { ModelLanguage } from '../../../e2e/scripted-model/turn.ts';
import type { Reply } from '../../../support/client.ts';
import { backendAt, wholeConfig } from '../../../support/whole-config.ts';
import type { Opened } from '../../../support/scripted-transport.ts';
import { createRig, type Rig } from '../../engine/rig.ts';

/** A JSON object whose inside the test knows. */
export type Fields = Record<string, unknown>;

/** The languages that clients and upstreams speak. */
export type Language = Extract<ProtocolId, 'openai-chat' | 'openai-responses' | 'anthropic-messages'>;

/** Every pair of a client's and an upstream's language. */
export const PAIRS: readonly (readonly [client: Language, upstream: Language])[] = MODEL_LANGUAGES.flatMap((client) =>
  MODEL_LANGUAGES.map((upstream) => [client.id as Language, upstream.id as Language] as const),
);

/** Pairs that need a translation. */
export const CROSSINGS = PAIRS.filter(([client, upstream]) => client !== upstream);

/** The scripted model in a language. */
export function modelOf(language: string): ModelLanguage {
  return MODEL_LANGUAGES.find(({ id }) => id === language)!;
}

/** The plain provider row of a language. */
export function plainProvider(language: string): string {
  return modelOf(language).provider;
}

/** The value at a path, as the test believes it is. */
export function at<T = Fields>(value: unknown, ...path: readonly (string | number)[]): T {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key],
    value,
  ) as T;
}

/** One event of a stream that a client heard; `[DONE]` has no data. */
export interface Heard {
  readonly event: string | null;
  readonly data: Fields;
  readonly raw: string;
}

/** One request on its way. */
export interface Asked {
  /** What the upstream was sent; the newest attempt. */
  readonly sent: Fields;
  /** Its headers. */
  readonly sentHeaders: ReadonlyMap<string, string>;
  readonly reply: Reply;
  /** Answers whole. */
  answer(body: object, status?: number, headers?: readonly string[]): Fields;
  /** Answers with a stream, each text one packet; the HTTP body ends after the last. */
  stream(...packets: readonly string[]): readonly Heard[];
  /** The record of the finished exchange. */
  readonly record: ExchangeRecord;
  /** What was lost, field by field. */
  readonly lost: readonly string[];
}

/** A gateway between a client's language and a provider. */
export interface Scene {
  readonly rig: Rig;
  ask(body: Fields, headers?: Record<string, string>): Asked;
}

/** Sets a scene with one backend. @param model its name there; `*` = as the client says */
export async function meet(client: Language, provider: string, more: Partial<BackendConfig> = {}): Promise<Scene> {
  const rig = await createRig(wholeConfig({ backends: { up: backendAt('http://up.test/v1', { provider, ...more }) } }));
  return {
    rig,
    ask(body, headers = {}) {
      const { reply } = rig.ask({ ...QUESTION[client], ...body }, { surface: client, headers });
      return new OneAsked(rig, reply);
    },
  };
}

class OneAsked implements Asked {
  readonly reply: Reply;
  readonly #rig: Rig;

  constructor(rig: Rig, reply: Reply) {
    this.#rig = rig;
    this.reply = reply;
  }

  get sent(): Fields {
    return this.#rig.transport.last().body;
  }

  get sentHeaders(): ReadonlyMap<string, string> {
    const { headers } = this.#rig.transport.last().request;
    const pairs: [string, string][] = [];
    for (let i = 0; i < headers.length; i += 2) pairs.push([headers[i]!, headers[i + 1]!]);
    return new Map(pairs);
  }

  answer(body: object, status = 200, headers: readonly string[] = []): Fields {
    this.#play((upstream) => upstream.json(status, body, headers));
    return this.reply.json;
  }

  stream(...packets: readonly string[]): readonly Heard[] {
    this.#play((upstream) => {
      upstream.stream();
      for (const packet of packets) upstream.send(packet);
      if (!this.reply.ended) upstream.end();
    });
    return this.reply.status === 200 ? heard(this.reply.text) : [];
  }

  /** Answers, and once more where the gateway asks the only backend again. */
  #play(answer: (upstream: Opened) => void): void {
    const { transport, clock } = this.#rig;
    answer(transport.last());
    const tries = transport.opened.length;
    if (!this.reply.ended) clock.advance(300);
    if (transport.opened.length > tries) answer(transport.last());
  }

  get record(): ExchangeRecord {
    return this.#rig.exchanges().at(-1)!;
  }

  get lost(): readonly string[] {
    return this.record.losses;
  }
}

/** The events in the text of a stream. */
export function heard(text: string): readonly Heard[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const raw = /^data: (.*)$/m.exec(block)?.[1] ?? '';
      const data = raw === '[DONE]' ? {} : (JSON.parse(raw) as Fields);
      return { event: /^event: (.*)$/m.exec(block)?.[1] ?? null, data, raw };
    });
}

/** The smallest request of each language. */
export const QUESTION: Readonly<Record<Language, Fields>> = {
  'openai-chat': { model: 'some-model', messages: [{ role: 'user', content: 'Weather?' }] },
  'openai-responses': { model: 'some-model', input: 'Weather?' },
  'anthropic-messages': { model: 'some-model', max_tokens: 100, messages: [{ role: 'user', content: 'Weather?' }] },
};

/** A chunk of a chat stream as a frame. */
export function chunk(more: object): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'some-model', ...more })}\n\n`;
}

/** A chunk with a delta of the first choice. */
export function delta(piece: object, finish: string | null = null): string {
  return chunk({ choices: [{ index: 0, delta: piece, finish_reason: finish }] });
}

/** The end of a chat stream. */
export const DONE = 'data: [DONE]\n\n';

/** A named event as a frame. */
export function event(type: string, more: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

/** The calls that a client sees in a stream, in the order of their blocks, items or indices: id, name, argument text. */
export function callsIn(client: Language, events: readonly Heard[]): readonly (readonly string[])[] {
  const calls = new Map<unknown, [string, string, string]>();
  for (const { event: name, data } of events) {
    if (client === 'openai-chat') {
      for (const choice of (data['choices'] ?? []) as { delta: { tool_calls?: Fields[] } }[]) {
        for (const call of choice.delta.tool_calls ?? []) {
          const { name: called, arguments: more } = call['function'] as { name?: string; arguments?: string };
          const known = calls.get(call['index']) ?? [String(call['id']), called ?? '', ''];
          calls.set(call['index'], [known[0], known[1], known[2] + (more ?? '')]);
        }
      }
    } else if (client === 'anthropic-messages') {
      const block = data['content_block'] as Fields | undefined;
      if (block?.['type'] === 'tool_use') calls.set(data['index'], [String(block['id']), String(block['name']), '']);
      const more = (data['delta'] as Fields | undefined)?.['partial_json'];
      const known = calls.get(data['index']);
      if (typeof more === 'string' && known !== undefined) known[2] += more;
    } else if (name === 'response.output_item.done') {
      const item = data['item'] as Fields;
      if (item['type'] === 'function_call') {
        calls.set(data['output_index'], [String(item['call_id']), String(item['name']), String(item['arguments'])]);
      }
    }
  }
  return [...calls.values()];
}
