/** Stored responses through a real gateway on Node, and what becomes of them when the configuration changes. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyConfig, WholeConfig } from '../../src/core/config.ts';
import { nodeDigest } from '../../src/crypto/node/digest.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { startKeeper, type Keeper } from './keeper.ts';
import { startGateway, type RealGateway } from './real-gateway.ts';
import { describeStored } from './stored-suite.ts';

const key = (text: string): KeyConfig => ({ hash: `sha256:${nodeDigest.sha256(text)}`, permissions: [] });
const alias = (id: string): WholeConfig['models'][string] => ({
  backends: [{ id, weight: 1 }],
  pick: 'ordered',
  answer: 'asked',
});

function leadingTo(origin: string): WholeConfig {
  const url = `${origin}/v1`;
  return wholeConfig({
    backends: {
      main: backendAt(url, { provider: 'openai-responses', model: 'some-model', key: 'sk-up' }),
      claude: backendAt(url, { provider: 'anthropic-compatible', model: 'some-model', key: 'sk-up' }),
      chat: backendAt(url, { model: 'some-model' }),
    },
    models: { assistant: alias('main'), opus: alias('claude'), plain: alias('chat') },
    keys: { ann: key('sk-ann'), bob: key('sk-bob') },
  });
}

describeStored('on Node', async (origin) => {
  const gateway = await startGateway(leadingTo(origin));
  return { url: gateway.url, stop: async () => void (await gateway.stop(100)) };
});

describe('a reload', () => {
  let keeper: Keeper;
  let gateway: RealGateway;
  let client: OpenAI;

  beforeAll(async () => {
    keeper = await startKeeper();
    gateway = await startGateway(leadingTo(keeper.upstream.origin));
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-ann', maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway.stop(100);
    await keeper.upstream.close();
  });

  it('that takes the backend away loses no history in silence; one that brings it back finds it again', async () => {
    const whole = leadingTo(keeper.upstream.origin);
    const { id } = await client.responses.create({ model: 'assistant', input: 'Hello' });
    const { main: _gone, ...backends } = whole.backends;
    const asked = keeper.asked().length;
    await gateway.reload({ ...whole, backends, models: { ...whole.models, assistant: alias('chat') } });
    const next = { model: 'assistant', input: 'And?', previous_response_id: id };
    await expect(client.responses.create(next)).rejects.toMatchObject({ status: 410, code: 'stored-out-of-reach' });
    await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 410 });
    expect(keeper.asked().length).toBe(asked);
    await gateway.reload(whole);
    expect((await client.responses.create(next)).output_text).toBe(`after ${id}`);
  });
});
