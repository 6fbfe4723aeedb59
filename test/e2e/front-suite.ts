/** What stands before the models on every runtime: the probes of agents, and what browsers ask and may read. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as answers from '../faults/answers.ts';
import type { RunningGateway } from './pairs-setting.ts';
import { MODEL_LANGUAGES } from './scripted-model/index.ts';
import { say } from './scripted-model/turn.ts';

/** The origin that the configuration of a front suite must list, the model that it must have over Chat Completions. */
export const ORIGIN = 'https://app.example.com';
/** The model of the suite. */
export const MODEL = 'assistant';

const ELSEWHERE = 'https://elsewhere.example.com';

/** What a browser sends of the SDKs' own headers. */
const ASKED = 'authorization,content-type,x-api-key,anthropic-version,anthropic-beta,x-stainless-lang,x-stainless-os';

const BODIES: Readonly<Record<string, object>> = {
  '/v1/chat/completions': { messages: [{ role: 'user', content: '?' }] },
  '/v1/responses': { input: '?' },
  '/v1/messages': { max_tokens: 10, messages: [{ role: 'user', content: '?' }] },
};
const PATHS = Object.keys(BODIES);

/** Runs the suite; `start` is called once. */
export function describeFront(name: string, start: () => Promise<RunningGateway>): void {
  describe(`the front ${name}`, () => {
    let gateway: RunningGateway;
    const chat = MODEL_LANGUAGES.find(({ id }) => id === 'openai-chat')!;
    beforeAll(async () => {
      gateway = await start();
      gateway.upstream.route(() => say(chat, { text: ['Hi.'] }));
    }, 60_000);
    afterAll(() => gateway?.stop());

    const post = (path: string, origin: string, more: object): Promise<Response> =>
      fetch(gateway.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify({ model: MODEL, ...BODIES[path], ...more }),
      });
    const preflight = (path: string, origin: string): Promise<Response> =>
      fetch(gateway.url + path, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': ASKED },
      });

    it.each(['/', '/api/hello'])('tells an agent that somebody is there: HEAD %s', async (path) => {
      expect((await fetch(gateway.url + path, { method: 'HEAD' })).status).toBe(200);
      expect((await fetch(gateway.url + path)).status).toBe(404);
    });

    it.each([...PATHS, '/v1/models', '/v1/explain'])('lets a listed origin ask: OPTIONS %s', async (path) => {
      const { status, headers } = await preflight(path, ORIGIN);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('access-control-allow-methods')).toContain('POST');
      expect(headers.get('access-control-allow-headers')).toBe(ASKED);
      expect(headers.get('vary')).toBe('origin');
    });

    it.each(PATHS)('lets no other origin ask: OPTIONS %s', async (path) => {
      const { status, headers } = await preflight(path, ELSEWHERE);
      expect(status).toBe(405);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    });

    it.each(PATHS)('lets a listed origin read answers, streams and errors: POST %s', async (path) => {
      for (const [more, status] of [
        [{}, 200],
        [{ stream: true }, 200],
        [{ model: 'nobody' }, 404],
      ] as const) {
        const answer = await post(path, ORIGIN, more);
        expect(answer.status).toBe(status);
        expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
        expect(answer.headers.get('access-control-expose-headers')).toBe('*');
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
        expect(answer.headers.get('vary')).toBe('origin');
        await answer.body?.cancel();
        const other = await post(path, ELSEWHERE, more);
        expect(other.headers.get('access-control-allow-origin')).toBeNull();
        await other.body?.cancel();
      }
    });

    it('serves the SDKs as browsers use them', async () => {
      const browser = {
        apiKey: 'sk',
        maxRetries: 0,
        dangerouslyAllowBrowser: true,
        defaultHeaders: { origin: ORIGIN },
      };
      const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, ...browser });
      const anthropic = new Anthropic({ baseURL: gateway.url, ...browser });
      expect((await openai.models.list()).data.map(({ id }) => id)).toEqual([MODEL]);
      const said = await anthropic.messages
        .create({ model: MODEL, max_tokens: 10, messages: [{ role: 'user', content: '?' }] })
        .withResponse();
      expect(said.response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(said.request_id).toBe(said.response.headers.get('x-request-id'));
      gateway.upstream.answer(
        answers.json({ error: { message: 'Slow down.' } }, { status: 429, headers: ['retry-after: 1'] }),
      );
      const limited = await post('/v1/chat/completions', ORIGIN, {});
      expect(limited.status).toBe(429);
      expect(limited.headers.get('retry-after')).toBe('1');
    });
  });
}
