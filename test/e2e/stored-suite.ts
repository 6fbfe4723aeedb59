/** What the vendors' SDKs must get of stored responses, conversations and counts, whatever the gateway runs on. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { NotFoundError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKeeper, type Keeper } from './keeper.ts';

/** A gateway in front of a keeper: models `assistant` (Responses), `opus` (Messages) and `plain` (chat), keys `sk-ann`, `sk-bob`. */
export interface StoredSetting {
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs the suite; `start` is called once with the origin of the keeper. */
export function describeStored(name: string, start: (origin: string) => Promise<StoredSetting>): void {
  describe(`stored responses ${name}`, () => {
    let keeper: Keeper;
    let setting: StoredSetting;
    let ann: OpenAI;
    let bob: OpenAI;

    beforeAll(async () => {
      keeper = await startKeeper();
      setting = await start(keeper.upstream.origin);
      const client = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${setting.url}/v1`, apiKey, maxRetries: 0 });
      ann = client('sk-ann');
      bob = client('sk-bob');
    }, 60_000);
    afterAll(async () => {
      await setting?.stop();
      await keeper?.upstream.close();
    });

    const last = (): string | undefined => keeper.asked().at(-1);

    it('a response is continued, read, cancelled and deleted by its id', async () => {
      const first = await ann.responses.create({ model: 'assistant', input: 'Hello' });
      expect(first).toMatchObject({ model: 'assistant', output_text: 'after nothing' });
      const next = await ann.responses.create({ model: 'assistant', input: 'And?', previous_response_id: first.id });
      expect(next.output_text).toBe(`after ${first.id}`);
      expect(await ann.responses.retrieve(first.id)).toMatchObject({ id: first.id, model: 'assistant' });
      const items = await ann.responses.inputItems.list(first.id, { limit: 1, order: 'asc' });
      expect(items.data).toHaveLength(1);
      expect(last()).toMatch(
        new RegExp(`^GET /v1/responses/${first.id}/input_items\\?(limit=1&order=asc|order=asc&limit=1)$`),
      );
      expect((await ann.responses.cancel(next.id)).status).toBe('cancelled');
      await ann.responses.delete(first.id);
      expect(last()).toBe(`DELETE /v1/responses/${first.id}`);
      await expect(ann.responses.retrieve(first.id)).rejects.toThrow(NotFoundError);
    });

    it('a stream is known by its id, and is replayed from where the client is', async () => {
      const stream = await ann.responses.create({ model: 'assistant', input: 'Hello', stream: true });
      let id = '';
      for await (const event of stream) if (event.type === 'response.created') id = event.response.id;
      const replay = await ann.responses.retrieve(id, { stream: true, starting_after: 0 });
      const types: string[] = [];
      for await (const event of replay) types.push(event.type);
      expect(types).toEqual(['response.output_text.delta', 'response.completed']);
    });

    it('a background response is asked for until it is there', async () => {
      const queued = await ann.responses.create({ model: 'assistant', input: 'Hello', background: true });
      expect(queued.status).toBe('queued');
      expect((await ann.responses.retrieve(queued.id)).id).toBe(queued.id);
    });

    it('of another key it is not there, in the same words as what never was', async () => {
      const { id } = await ann.responses.create({ model: 'assistant', input: 'Hello' });
      const before = keeper.asked().length;
      const failure = async (asked: Promise<unknown>, name: string): Promise<string> => {
        const error = await asked.then(
          () => null,
          (cause: unknown) => cause,
        );
        expect(error).toBeInstanceOf(NotFoundError);
        return JSON.stringify((error as NotFoundError).error).replaceAll(name, '');
      };
      for (const ask of [
        (one: string) => bob.responses.retrieve(one),
        (one: string) => bob.responses.cancel(one),
        (one: string) => bob.responses.delete(one),
        (one: string) => bob.responses.inputItems.list(one),
        (one: string) => bob.responses.create({ model: 'assistant', input: 'x', previous_response_id: one }),
      ]) {
        expect(await failure(Promise.resolve(ask(id)), id)).toBe(
          await failure(Promise.resolve(ask('resp_none')), 'resp_none'),
        );
      }
      expect(keeper.asked().length).toBe(before);
      expect((await ann.responses.retrieve(id)).id).toBe(id);
    });

    it('what is not kept cannot be continued, and says so', async () => {
      const kept = await ann.responses.create({ model: 'assistant', input: 'x', store: false });
      const next = { model: 'assistant', input: 'y' };
      await expect(ann.responses.create({ ...next, previous_response_id: kept.id })).rejects.toThrow(NotFoundError);
      const { id } = await ann.responses.create(next);
      const elsewhere = ann.responses.create({ model: 'plain', input: 'y', previous_response_id: id });
      await expect(elsewhere).rejects.toMatchObject({ status: 410, code: 'stored-out-of-reach' });
    });

    it('conversations', async () => {
      const made = await ann.conversations.create({ metadata: { topic: 'x' } });
      const answer = await ann.responses.create({ model: 'assistant', input: 'Hello', conversation: made.id });
      expect(answer.output_text).toBe(`after ${made.id}`);
      expect((await ann.conversations.retrieve(made.id)).metadata).toEqual({ topic: 'x' });
      await ann.conversations.update(made.id, { metadata: { topic: 'y' } });
      expect((await ann.conversations.items.list(made.id)).data).toHaveLength(1);
      await expect(bob.conversations.retrieve(made.id)).rejects.toThrow(NotFoundError);
      await ann.conversations.delete(made.id);
      await expect(ann.conversations.retrieve(made.id)).rejects.toThrow(NotFoundError);
    });

    it('tokens are counted in either language, and estimated by name where nobody counts', async () => {
      const claude = new Anthropic({ baseURL: setting.url, apiKey: 'sk-ann', maxRetries: 0 });
      const messages = [{ role: 'user' as const, content: 'How long?' }];
      expect(await claude.messages.countTokens({ model: 'opus', messages })).toEqual({ input_tokens: 14 });
      expect(last()).toBe('POST /v1/messages/count_tokens');
      expect(await claude.messages.countTokens({ model: 'assistant', messages })).toEqual({ input_tokens: 11 });
      const estimate = await claude.messages.countTokens({ model: 'plain', messages }).withResponse();
      expect(estimate.data.input_tokens).toBeGreaterThan(3);
      expect(estimate.response.headers.get('x-thalweg-lossy')).toBe('estimate');
      const count = await ann.responses.inputTokens.count({ model: 'assistant', input: 'Hello' });
      expect(count).toEqual({ object: 'response.input_tokens', input_tokens: 11 });
      await expect(claude.messages.countTokens({ model: 'opsu', messages })).rejects.toThrow(Anthropic.NotFoundError);
    });

    it('a conversation is compacted', async () => {
      const compacted = await ann.responses.compact({ model: 'assistant', input: 'Hello' });
      expect(compacted.object).toBe('response.compaction');
      await expect(ann.responses.compact({ model: 'plain', input: 'Hello' })).rejects.toThrow(/compacts/);
    });
  });
}
