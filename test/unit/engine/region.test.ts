/** Regions: what a row sets for them, what an answer must say of them, and what they cost. */
import { describe, expect, it } from 'vitest';
import type { BackendConfig, WholeConfig } from '../../../src/core/config.ts';
import { catalogue } from '../../../providers/index.ts';
import { compileFacts } from '../../../src/engine/place/facts.ts';
import { placedAt, priceThere, regionOf } from '../../../src/engine/place/region.ts';
import { defineProvider } from '../../../src/core/provider.ts';
import { wholeConfig } from '../../support/whole-config.ts';
import { createRig } from './rig.ts';

const only = (backend: BackendConfig): WholeConfig =>
  wholeConfig({
    backends: { one: backend },
    models: { '*': { backends: [{ id: 'one', weight: 1 }], pick: 'ordered', answer: 'asked' } },
  });

const message = (usage: object) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1, ...usage },
});
const question = { model: 'claude-x', max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] };
const claude: BackendConfig = { provider: 'anthropic', model: '*', key: 'sk-ant', region: 'us' };

describe('a region by a field', () => {
  it('is set on the byte path, over what the client says', async () => {
    const rig = await createRig(only(claude));
    rig.ask(question, { surface: 'anthropic-messages' });
    expect(new TextDecoder().decode(rig.transport.last().request.body)).toBe(
      `${JSON.stringify(question).slice(0, -1)},"inference_geo":"us"}`,
    );
    rig.ask({ ...question, inference_geo: 'global' }, { surface: 'anthropic-messages' });
    expect(rig.transport.last().body['inference_geo']).toBe('us');
  });

  it('is set in translations too', async () => {
    const rig = await createRig(only({ ...claude, model: 'claude-x' }));
    rig.ask({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] });
    expect(rig.transport.last().body).toMatchObject({ model: 'claude-x', inference_geo: 'us' });
  });

  it.each([
    ['us', 0, 'closed'],
    [undefined, 0, 'closed'],
    ['global', 1, 'open'],
    ['not_available', 1, 'open'],
  ])('an answer from %s', async (geo, violations, breaker) => {
    const rig = await createRig(only(claude));
    const { reply } = rig.ask(question, { surface: 'anthropic-messages' });
    rig.transport.last().json(200, message(geo === undefined ? {} : { inference_geo: geo }));
    expect(reply.status).toBe(200);
    expect(rig.notices().filter(({ name, level }) => name === 'region-violated' && level === 'error')).toHaveLength(
      violations,
    );
    expect(rig.engine.live().board.figures[0]!.breaker).toBe(breaker);
    expect(rig.exchanges()[0]?.proof).toBe(geo ?? null);
    const next = rig.ask(question, { surface: 'anthropic-messages' });
    expect(next.reply.status).toBe(violations === 0 ? null : 503);
  });

  it('takes no other service along: counting would carry the conversation anywhere', async () => {
    const rig = await createRig(only(claude));
    rig.ask(
      { model: 'claude-x', messages: question.messages },
      { surface: 'anthropic-messages', operation: 'count-tokens' },
    );
    expect(rig.transport.opened).toHaveLength(0);
  });
});

describe('a region by address', () => {
  it('sends there', async () => {
    const rig = await createRig(only({ provider: 'mistral', model: '*', key: 'sk-m', region: 'eu' }));
    rig.ask({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
    expect(rig.transport.last().request.url).toBe('https://api.eu.mistral.ai/v1/chat/completions');
  });

  const mistral = catalogue.get('mistral')!;
  it('is known by its address', () => {
    const of = (url: string) => regionOf(mistral, { provider: 'mistral', model: '*', url })?.id ?? null;
    expect([of('https://api.eu.mistral.ai/v1'), of('https://api.mistral.ai/v1'), of('https://llm.corp/v1')]).toEqual([
      'eu',
      null,
      null,
    ]);
  });

  it('has facts with grade, source and date; the file is over the region, the region over the row', () => {
    const region = regionOf(mistral, { provider: 'mistral', model: '*', region: 'us' })!;
    const facts = compileFacts(mistral, region, { 'operator.country': { value: 'DE', grade: 'contractual' } }, 'local');
    expect(facts.get('compute.countries')).toEqual({
      value: ['US'],
      grade: 'declared',
      source: 'https://docs.mistral.ai/studio/regional-inference',
      asOf: '2026-11-23',
    });
    expect(facts.get('operator.country')).toMatchObject({ value: 'DE', grade: 'contractual' });
    expect(facts.get('operator.control')).toMatchObject({ value: ['FR'] });
    expect(facts.get('pool')).toMatchObject({ value: 'local' });
    const anthropic = catalogue.get('anthropic')!;
    const reported = compileFacts(anthropic, regionOf(anthropic, claude), undefined, null);
    expect(reported.get('compute.countries')).toMatchObject({ value: ['US'], grade: 'reported' });
    expect(compileFacts(catalogue.get('xai')!, null, undefined, null).get('operator.country')?.source).toContain(
      'editorial',
    );
  });

  it('costs more where the row says so', () => {
    const price = { inputUsd: 1, outputUsd: 2, cachedInputUsd: null, cacheWriteUsd: null, source: 'book', asOf: null };
    const eu = regionOf(mistral, { provider: 'mistral', model: '*', region: 'eu' });
    expect(priceThere(price, eu, 'mistral-large')).toMatchObject({
      inputUsd: 1.1,
      outputUsd: 2.2,
      cachedInputUsd: null,
      source: 'book, x 1.1 in region eu',
    });
    const openai = regionOf(catalogue.get('openai')!, { provider: 'openai', model: '*', region: 'eu' });
    expect([
      priceThere(price, openai, 'gpt-5.4-mini')!.inputUsd,
      priceThere(price, openai, 'gpt-4o')!.inputUsd,
    ]).toEqual([1.1, 1]);
  });
});

describe('a region by the beginning of the name', () => {
  const row = defineProvider({
    ...catalogue.get('openai')!,
    id: 'cloud',
    place: {
      facts: {},
      basis: 'vendor',
      source: 'https://docs.example.com',
      asOf: '2026-11-23',
      regions: [{ id: 'eu', select: { by: 'model-prefix', prefix: 'eu.' }, within: ['DE'], facts: {} }],
    },
  });
  it('is set, and known by it', () => {
    const eu = regionOf(row, { provider: 'cloud', model: 'm', region: 'eu' });
    expect(placedAt(row, { model: 'm' }, eu)).toMatchObject({ model: 'eu.m' });
    expect(placedAt(row, { model: 'eu.m' }, eu)).toMatchObject({ model: 'eu.m' });
    expect(regionOf(row, { provider: 'cloud', model: 'eu.m' })?.id).toBe('eu');
  });
});
