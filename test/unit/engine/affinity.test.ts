/** Sealed reasoning finds its way back: what passes as bytes is remembered, what was translated says where it was made. */
import { describe, expect, it } from 'vitest';
import type { WholeConfig } from '../../../src/core/config.ts';
import { OriginMemory } from '../../../src/engine/origins.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';
import { createRig, type Rig } from './rig.ts';

const USER = { role: 'user', content: 'Hello' };
const SIGNATURE = 'EqQBCgIYAhIkZjE4';
const THOUGHT = { type: 'thinking', thinking: 'Hm', signature: SIGNATURE };

/** Two backends that one model leads to, the first preferred. */
function two(first: object, second: object, more: Partial<WholeConfig> = {}): WholeConfig {
  return wholeConfig({
    backends: { a: backendAt('https://a.test/v1', first), b: backendAt('https://b.test/v1', second) },
    models: { '*': { backends: ['a', 'b'].map((id) => ({ id, weight: 1 })), pick: 'ordered', answer: 'asked' } },
    ...more,
  });
}

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: 'end_turn' };
const thinking = {
  ...message,
  content: [THOUGHT, { type: 'text', text: 'Hi.' }],
  usage: { input_tokens: 1, output_tokens: 1 },
};

/** Sends a request; the first attempt fails where `fail` says so. */
function send(rig: Rig, surface: 'anthropic-messages' | 'openai-chat', messages: readonly object[]) {
  const body = { model: 'm', max_tokens: 100, messages };
  return rig.ask(body, { surface }).reply;
}

const hostOf = (rig: Rig): string => new URL(rig.transport.last().request.url).host;

describe('bytes that pass', () => {
  const ANTHROPIC = two({ provider: 'anthropic', model: 'x' }, { provider: 'anthropic-compatible', model: 'y' });

  async function afterFailover(): Promise<Rig> {
    const rig = await createRig(ANTHROPIC);
    const reply = send(rig, 'anthropic-messages', [USER]);
    expect(hostOf(rig)).toBe('a.test');
    rig.transport.last().json(503, { error: {} });
    expect(hostOf(rig)).toBe('b.test');
    rig.transport.last().json(200, thinking);
    expect(reply.status).toBe(200);
    return rig;
  }

  it('go back to the backend whose answer they carry, byte for byte', async () => {
    const rig = await afterFailover();
    rig.clock.advance(120_000);
    send(rig, 'anthropic-messages', [USER, { role: 'assistant', content: [THOUGHT] }, USER]);
    expect(hostOf(rig)).toBe('b.test');
    rig.transport.last().json(200, thinking);
    expect(rig.exchanges().at(-1)).toMatchObject({ path: 'pass', losses: [] });
  });

  it('leave the order alone without sealed reasoning', async () => {
    const rig = await afterFailover();
    rig.clock.advance(120_000);
    send(rig, 'anthropic-messages', [USER]);
    expect(hostOf(rig)).toBe('a.test');
  });

  it('are translated, and the seal is lost by name, where they must go to a stranger', async () => {
    const rig = await afterFailover();
    rig.clock.advance(120_000);
    send(rig, 'anthropic-messages', [
      USER,
      { role: 'assistant', content: [THOUGHT, { type: 'text', text: 'Hi.' }] },
      USER,
    ]);
    rig.transport.last().json(503, { error: {} });
    expect(hostOf(rig)).toBe('a.test');
    expect(JSON.stringify(rig.transport.last().body)).not.toContain(SIGNATURE);
    rig.transport.last().json(200, thinking);
    expect(rig.exchanges().at(-1)).toMatchObject({ path: 'translate', losses: ['messages[1].content[0].reasoning'] });
  });

  it('are remembered from a stream as well', async () => {
    const rig = await createRig(ANTHROPIC);
    const body = { model: 'm', max_tokens: 100, messages: [USER], stream: true };
    rig.ask(body, { surface: 'anthropic-messages' });
    rig.transport.last().json(503, { error: {} });
    const upstream = rig.transport.last();
    upstream.stream();
    const frame = (type: string, more: object): void =>
      upstream.send(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
    frame('message_start', { message: { ...message, content: [], usage: { input_tokens: 1, output_tokens: 1 } } });
    frame('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } });
    frame('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } });
    frame('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: SIGNATURE } });
    frame('content_block_stop', { index: 0 });
    frame('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } });
    frame('message_stop', {});
    upstream.end();
    rig.clock.advance(120_000);
    send(rig, 'anthropic-messages', [USER, { role: 'assistant', content: [THOUGHT] }, USER]);
    expect(hostOf(rig)).toBe('b.test');
  });
});

describe('a chat client', () => {
  const MIXED = two(
    { provider: 'openai-compatible', model: 'x' },
    { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  );

  it('brings the signature back to the backend that made it, though another is listed first', async () => {
    const rig = await createRig(MIXED);
    const reply = send(rig, 'openai-chat', [USER]);
    rig.transport.last().json(503, { error: {} });
    rig.transport.last().json(200, thinking);
    const answer = reply.json as { choices: [{ message: Record<string, unknown> }] };
    const turn = answer.choices[0].message;
    expect(turn).toMatchObject({ reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] });
    expect(JSON.stringify(turn)).not.toContain(SIGNATURE);
    rig.clock.advance(120_000);
    send(rig, 'openai-chat', [USER, turn, USER]);
    expect(hostOf(rig)).toBe('b.test');
    expect(JSON.stringify(rig.transport.last().body)).toContain(SIGNATURE);
  });

  it('sees in the explanation why a backend is preferred', async () => {
    const rig = await createRig(MIXED);
    const details = [{ type: 'reasoning.text', text: '', signature: 'unheard-of', index: 0 }];
    const body = {
      model: 'm',
      messages: [USER, { role: 'assistant', content: 'x', reasoning_details: details }, USER],
    };
    const { reply } = rig.ask(body, { surface: 'openai-chat', operation: 'explain' });
    expect(reply.json).toMatchObject({
      facts: { sealed_reasoning: 'of unknown origin' },
      candidates: [
        { id: 'a', affinity: 'takes it back' },
        { id: 'b', affinity: 'none' },
      ],
    });
  });
});

describe('the memory', () => {
  it('forgets the oldest first', () => {
    const memory = new OriginMemory(2);
    for (const name of ['one', 'two', 'one', 'three']) memory.remember(`seal-${name}`, name);
    expect(['one', 'two', 'three'].map((name) => memory.find(`seal-${name}`))).toEqual(['one', null, 'three']);
  });
});
