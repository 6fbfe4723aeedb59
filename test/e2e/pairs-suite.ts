/** What every vendor's SDK must get from a running gateway over upstreams of every language, whatever the gateway runs on. */
import { APICallError } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as faults from '../faults/faults.ts';
import type { Upstream } from '../faults/upstream.ts';
import type { Received, Script } from '../faults/wire.ts';
import { FAULT_LANGUAGES } from './fault-languages.ts';
import type { RunningGateway } from './pairs-setting.ts';
import { modelName } from './pairs-setting.ts';
import { MODEL_LANGUAGES } from './scripted-model/index.ts';
import { say, seenBy, type ModelLanguage, type Turn } from './scripted-model/turn.ts';
import { PROMPT, type Ask, type Got, type SdkClient } from './sdk-clients/client.ts';
import { SDK_CLIENTS } from './sdk-clients/index.ts';

const TEXT: Turn = { text: ['The ', 'Thal', 'weg.'] };
const CALLS: Turn = {
  calls: [
    { id: 'call_a', name: 'weather', pieces: ['{"ci', 'ty":"Basel"}'] },
    { id: 'call_b', name: 'weather', pieces: ['{"city":', '"Bonn"}'] },
    { id: 'call_c', name: 'now', pieces: [] },
  ],
};
const GOT_CALLS = [
  { id: 'call_a', name: 'weather', input: { city: 'Basel' } },
  { id: 'call_b', name: 'weather', input: { city: 'Bonn' } },
  { id: 'call_c', name: 'now', input: {} },
];
const THINKING: Turn = { reasoning: ['A river ', 'has a line.'], ...TEXT };
const SCHEMA = {
  type: 'object',
  properties: { line: { type: 'string' } },
  required: ['line'],
  additionalProperties: false,
};
/** A PNG of one pixel, and the beginning of a PDF: nobody here looks into them. */
const IMAGE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const DOCUMENT = 'JVBERi0xLjQKJeLjz9MK';

/** Runs the suite; `start` is called once. */
export function describePairs(name: string, start: () => Promise<RunningGateway>): void {
  describe(`the SDKs ${name}`, () => {
    let gateway: RunningGateway;
    let upstream: Upstream;
    beforeAll(async () => {
      gateway = await start();
      upstream = gateway.upstream;
    }, 60_000);
    afterAll(() => gateway?.stop());

    describe.each(MODEL_LANGUAGES)('over $id', (language) => {
      describe.each(SDK_CLIENTS)('$name', (client) => {
        const ask = (question: Ask, use = 'good'): Promise<Got> =>
          client.ask({ url: gateway.url, model: modelName(language, use) }, question);
        const plan = (...turns: readonly Turn[]): void => upstream.answer(...turns.map((turn) => say(language, turn)));
        const last = (): Received => upstream.received.at(-1)!;

        describe.each([false, true])('stream: %s', (stream) => {
          it('text', async () => {
            plan(TEXT);
            expect(await ask({ stream })).toEqual({
              text: 'The Thalweg.',
              reasoning: '',
              calls: [],
              finish: client.finishes.text,
              tokens: [9, 4],
              model: modelName(language, 'good'),
            });
            expect(last().path).toBe(`/v1${language.path}`);
            const seen = seenBy(language, last());
            expect(seen).toMatchObject({ model: 'some-model', isStream: stream, texts: [PROMPT] });
            expect(seen.instructions).toContain('Be brief.');
          });

          it('three calls at once, one without arguments, answered in one turn', async () => {
            plan(CALLS, TEXT);
            const before = upstream.received.length;
            const got = await ask({ stream, tools: resultOf });
            expect(got.calls).toEqual(GOT_CALLS);
            expect(got.text).toBe('The Thalweg.');
            expect(upstream.received.length - before).toBe(2);
            const seen = seenBy(language, last());
            expect(seen.tools).toEqual(['weather', 'now']);
            expect(seen.calls).toEqual(GOT_CALLS);
            expect(seen.results).toEqual([
              ['call_a', 'weather {"city":"Basel"}'],
              ['call_b', 'weather {"city":"Bonn"}'],
              ['call_c', 'now {}'],
            ]);
            expect(turnsAfterCalls(language, last())).toBe(1);
          });

          it('reasoning that is shown', async () => {
            plan(THINKING);
            const got = await ask({ stream, reasoning: true });
            expect(got.text).toBe('The Thalweg.');
            expect(got.reasoning).toBe(showsReasoning(client) ? 'A river has a line.' : '');
          });

          it('an object of a schema', async () => {
            plan({ text: ['{"line":', '"Thalweg"}'] });
            const got = await ask({ stream, schema: SCHEMA });
            expect(JSON.parse(got.text)).toEqual({ line: 'Thalweg' });
            expect(seenBy(language, last()).schema).toMatchObject(SCHEMA);
          });
        });

        it('reasoning before calls, which goes back sealed where the client can carry a seal', async () => {
          plan({ ...THINKING, text: ['Let me look.'], ...CALLS }, TEXT);
          const got = await ask({ stream: true, tools: resultOf, reasoning: true });
          expect(got.calls).toEqual(GOT_CALLS);
          expect(got.text).toBe('The Thalweg.');
          expect(seenBy(language, last()).calls).toEqual(GOT_CALLS);
          const isCarried = language.seal !== null && client.speaks !== 'openai-chat';
          expect(last().body.includes(language.seal ?? 'no seal')).toBe(isCarried);
        });

        it('an image and a document', async () => {
          plan(TEXT);
          const got = await ask({ stream: false, image: IMAGE, document: DOCUMENT });
          expect(got.text).toBe('The Thalweg.');
          expect(seenBy(language, last())).toMatchObject({ texts: [PROMPT], images: [IMAGE], documents: [DOCUMENT] });
        });

        it('an abort that reaches the upstream', async () => {
          // Not a stall: workerd notices that a client left when it next writes.
          upstream.answer(endless(language));
          const before = upstream.received.length;
          const leave = new AbortController();
          const asked = ask({ stream: true, signal: leave.signal, onText: () => leave.abort() });
          await asked.catch(() => {});
          expect((await upstream.aborted(before + 1)).path).toBe(`/v1${language.path}`);
        });

        it('errors of the classes that it knows', async () => {
          const { errors, speaks } = client;
          const refused = async (use: string, script: Script): Promise<unknown> => {
            upstream.answer(script);
            return ask({ stream: false }, use).then(
              () => 'answered',
              (error: unknown) => error,
            );
          };
          const fault = FAULT_LANGUAGES.find(({ id }) => id === language.id)!;
          const use = (kind: string): string => `${kind} ${client.name}`;
          const unknown = await refused('unknown', say(language, TEXT));
          expect(unknown).toBeInstanceOf(errors.notFound);
          expect(statusOf(unknown)).toBe(404);
          const limited = await refused(use('limited'), fault.error(429, { headers: ['retry-after: 7'] }));
          expect(limited).toBeInstanceOf(errors.rateLimit);
          expect(statusOf(limited)).toBe(429);
          const long = await refused(use('long'), fault.tooLong);
          expect(long).toBeInstanceOf(errors.badRequest);
          expect(statusOf(long)).toBe(400);
          // Claude Code compacts on these words, the others on the code.
          expect(JSON.stringify(bodyOf(long))).toMatch(
            speaks === 'anthropic-messages' ? /prompt is too long/ : /context_length_exceeded/,
          );
          for (const [kind, status] of [
            ['failing', 503],
            ['locked', 401],
          ] as const) {
            const failed = await refused(use(kind), fault.error(status));
            expect(failed).toBeInstanceOf(errors.server);
            expect(statusOf(failed)).toBeGreaterThanOrEqual(500);
          }
        });

        it('an error after content, which is thrown', async () => {
          const frames = language.stream(TEXT);
          const cut = frames.findIndex((frame) => frame.includes('Thal')) + 1;
          upstream.answer(faults.errorMidStream(frames.slice(0, cut), language.errorFrame(cut)));
          await expect(ask({ stream: true }, `broken ${client.name}`)).rejects.toThrow(/overloaded|upstream failed/i);
        });
      });
    });
  });
}

function resultOf(name: string, input: unknown): string {
  return `${name} ${JSON.stringify(input)}`;
}

/** Says its first words, and then the last of them again and again until the client is gone. */
function endless(language: ModelLanguage): Script {
  const frames = language.stream(TEXT);
  const at = frames.findIndex((frame) => frame.includes('Thal'));
  return faults.endlessStream(frames[at]!, 20, frames.slice(0, at));
}

/** How many turns carry the results of three calls; only Messages has turns for results, and wants one. */
function turnsAfterCalls({ id }: ModelLanguage, { body }: Received): number {
  if (id !== 'anthropic-messages') return 1;
  const { messages } = JSON.parse(body.toString('utf8')) as { messages: readonly { readonly role: string }[] };
  return messages.length - 1 - messages.findLastIndex(({ role }) => role === 'assistant');
}

/** The SDK of OpenAI's own Chat Completions knows of no reasoning there: OpenAI never shows it. */
function showsReasoning({ name }: SdkClient): boolean {
  return name !== 'ai, openai chat';
}

function statusOf(error: unknown): number {
  return APICallError.isInstance(error) ? (error.statusCode ?? 0) : (error as { status: number }).status;
}

function bodyOf(error: unknown): unknown {
  return APICallError.isInstance(error) ? error.responseBody : (error as { error: unknown }).error;
}
