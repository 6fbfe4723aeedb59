/** The requests that real agents send, as they were recorded: accepted on their surface, byte for byte and over every other language. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODEL_LANGUAGES } from '../e2e/scripted-model/index.ts';
import { say, seenBy, type ModelLanguage } from '../e2e/scripted-model/turn.ts';
import { startGateway, type RealGateway } from '../e2e/real-gateway.ts';
import { startUpstream, type Upstream } from '../faults/upstream.ts';
import type { Received } from '../faults/wire.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { surfaceOf, type AgentCall, type AgentSurface, type Body } from './client-turns.ts';
import { corpusFolder, readMaterial } from './material.ts';

interface Recording {
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Body;
  }[];
}

/** One recorded request. */
interface Sent {
  readonly title: string;
  readonly path: string;
  readonly surface: AgentSurface;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

const isHere = readMaterial('wire/clients/claude-code.json') !== null;

function recorded(): Sent[] {
  if (!isHere) return [];
  const folder = join(corpusFolder, 'wire/clients');
  return readdirSync(folder).flatMap((file) => {
    const { requests } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording;
    return requests.flatMap(({ method, path, headers, body }, i) => {
      const surface = surfaceOf(path);
      if (method !== 'POST' || surface === null || body === undefined) return [];
      return [{ title: `${file} ${i}`, path, surface, headers: plain(headers), body }];
    });
  });
}

/** What recordings blank out is left to the client that replays them. */
function plain(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => !value.includes('<')));
}

const SENT = recorded();
const model = 'the-model';
const modelOf = (language: ModelLanguage): string => `over-${language.id}`;

describe.skipIf(!isHere)('what agents send', () => {
  let upstream: Upstream;
  let gateway: RealGateway;

  beforeAll(async () => {
    upstream = await startUpstream();
    const at = (provider: string, name: string) =>
      backendAt(`${upstream.origin}/v1`, { provider, model: name, key: 'sk-up' });
    const passes = [...new Set(SENT.map(({ surface }) => surface.passesOver))];
    const backends = {
      ...Object.fromEntries(passes.map((provider) => [`pass-${provider}`, at(provider, '*')])),
      ...Object.fromEntries(MODEL_LANGUAGES.map((language) => [modelOf(language), at(language.provider, model)])),
    };
    const models = Object.fromEntries(
      Object.keys(backends).map((id) => [
        id,
        { backends: [{ id, weight: 1 }], pick: 'ordered', answer: 'asked' } as const,
      ]),
    );
    gateway = await startGateway(wholeConfig({ backends, models }));
  });
  afterAll(async () => {
    await gateway?.stop(100);
    await upstream?.close();
  });

  describe.each(SENT)('$title', ({ path, surface, headers, body }) => {
    const own = MODEL_LANGUAGES.find(({ id }) => id === surface.id)!;

    it('passes byte for byte, but for what is named', async () => {
      const raw = JSON.stringify({ ...body, model: `pass-${surface.passesOver}` }, null, 1);
      upstream.answer(say(own, { text: ['Hi.'] }));
      const before = gateway.log().filter((line) => 'outcome' in line).length;
      const answer = await fetch(`${gateway.url}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'x-api-key': 'sk-agent' },
        body: raw,
      });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('Hi.');
      const line = await gateway.exchange(before + 1);
      expect(line).toMatchObject({ path: 'pass', outcome: 'ok', losses: [] });
      const sent = upstream.received.at(-1)!;
      expect(sent.headers.get('anthropic-beta')).toBe(headers['anthropic-beta']);
      const asksUsage = needsUsage(surface, body);
      expect(line['splices']).toEqual(asksUsage ? ['request.stream_options'] : []);
      expect(sent.body.toString()).toBe(asksUsage ? withUsage(raw) : raw);
    });

    it.each(MODEL_LANGUAGES)('is answered over $id', async (language) => {
      upstream.answer(say(language, { reasoning: ['Hm.'], text: ['Here ', 'it is.'] }));
      const turn = await surface.take(gateway.url, { ...body, model: modelOf(language), stream: true }, headers);
      expect(turn.text).toBe('Here it is.');
      expect(seenBy(language, upstream.received.at(-1)!).model).toBe(model);
    });
  });

  describe.each(SENT.filter(({ surface, body }) => surface.toolsOf(body).length > 0))('$title', (sent) => {
    const { surface, headers, body } = sent;

    it.each(MODEL_LANGUAGES)('loops with two tools over $id', async (language) => {
      const asked = { ...body, model: modelOf(language), stream: true };
      const declared = surface.toolsOf(asked);
      const before = upstream.received.length;
      upstream.route((request) => say(language, answerTo(language, request)));
      const turn = await surface.take(gateway.url, asked, headers);
      const first = seenBy(language, upstream.received[before]!);
      expect(turn.calls).toHaveLength(2);
      for (const { name } of turn.calls) expect(declared).toContain(name);
      const last = await surface.take(gateway.url, turn.next(resultOf), headers);
      expect(last.text).toBe('All is done.');
      const seen = seenBy(language, upstream.received.at(-1)!);
      expect(seen.instructions).toBe(first.instructions);
      expect(seen.texts).toEqual(first.texts);
      expect(seen.tools).toEqual(first.tools);
      expect(seen.calls.slice(-2).map(({ id, input }) => [id, input])).toEqual(
        turn.calls.map(({ id, input }) => [id, input]),
      );
      expect(seen.results).toEqual([
        ...first.results,
        ...turn.calls.map((call): [string, string] => [call.id, resultOf(call)]),
      ]);
    });
  });
});

function resultOf({ name }: AgentCall): string {
  return `what ${name} found`;
}

/** A chat client that did not ask for usage: the gateway does, and says so. */
function needsUsage({ id }: AgentSurface, body: Body): boolean {
  return id === 'openai-chat' && body['stream'] === true && body['stream_options'] === undefined;
}

/** The bytes with the one field that the gateway adds. */
function withUsage(raw: string): string {
  return `${raw.slice(0, -1)},"stream_options":{"include_usage":true}}`;
}

/** Calls the first tool and one from the middle, then ends: results beyond those of the recording are the agent's. */
function answerTo(language: ModelLanguage, request: Received) {
  const seen = seenBy(language, request);
  if (seen.results.some(([, text]) => text.startsWith('what '))) return { text: ['All is ', 'done.'] };
  const tools = seen.tools.filter((name) => name !== 'undefined' && name !== 'multi_agent_v1');
  const [first, other] = [tools[0]!, tools[Math.floor(tools.length / 2)]!];
  return {
    reasoning: ['Let me ', 'look.'],
    text: ['Looking.'],
    calls: [
      { id: 'call_x', name: first, pieces: ['{"a":', '1}'] },
      { id: 'call_y', name: other, pieces: [] },
    ],
  };
}
