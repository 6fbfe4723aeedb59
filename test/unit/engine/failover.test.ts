/** Failures before and after the commit point: the next attempt, or exactly one honest end. */
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/core/gateway-error.ts';
import { viewOf } from '../../../src/core/headers.ts';
import type { WholeConfig } from '../../../src/core/config.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';
import { chat, chunk, completion, createRig, ending, type Rig } from './rig.ts';

function twoBackends(): WholeConfig {
  const backends = { a: backendAt('http://a.test/v1'), b: backendAt('http://b.test/v1') };
  const candidates = [
    { id: 'a', weight: 1 },
    { id: 'b', weight: 1 },
  ];
  return wholeConfig({ backends, models: { '*': { backends: candidates, pick: 'ordered', answer: 'asked' } } });
}

const FAULTS: Readonly<Record<string, (rig: Rig) => void>> = {
  'connection refused': (rig) => rig.transport.last().handler.fail(new GatewayError('upstream-connect')),
  'no first byte': (rig) => rig.transport.last().handler.fail(new GatewayError('upstream-timeout')),
  'status 503': (rig) => rig.transport.last().json(503, { error: { message: 'busy' } }),
  'status 529': (rig) => rig.transport.last().json(529, { error: { message: 'busy' } }),
  'status 401': (rig) =>
    rig.transport.last().json(401, { error: { message: 'Incorrect API key provided: sk-upstream' } }),
  'status 429': (rig) => rig.transport.last().json(429, { error: { message: 'slow down' } }, ['retry-after', '7']),
  redirect: (rig) => rig.transport.last().json(307, {}, ['location', 'http://evil.test/']),
  'an HTML page': (rig) => rig.transport.last().handler.head(200, viewOf(['content-type', 'text/html'])),
};

const BODY_FAULTS: Readonly<Record<string, (rig: Rig) => void>> = {
  'an empty answer': (rig) => rig.transport.last().json(200, ''),
  'a cut answer': (rig) => rig.transport.last().json(200, '{"id":"x","choices":[{"mess'),
  'an answer of another kind': (rig) => rig.transport.last().json(200, '[]'),
};

const STREAM_FAULTS: Readonly<Record<string, (rig: Rig) => void>> = {
  'an error as the first event': (rig) => startStream(rig, 'data: {"error":{"message":"overloaded","code":503}}\n\n'),
  'a malformed first event': (rig) => startStream(rig, 'data: {"id":\n\n'),
  'an end before any content': (rig) => {
    startStream(rig, chunk({ role: 'assistant' }));
    rig.transport.last().end();
  },
};

function startStream(rig: Rig, text: string): void {
  rig.transport.last().stream();
  rig.transport.last().send(text);
}

describe('before the commit point', () => {
  it.each(Object.keys(FAULTS))('%s moves on to the next backend', async (name) => {
    const rig = await createRig(twoBackends());
    const { reply } = rig.ask(chat());
    FAULTS[name]!(rig);
    expect(rig.transport.opened).toHaveLength(2);
    expect(rig.transport.last().request.url).toContain('http://b.test/');
    rig.transport.last().json(200, completion());
    expect(reply.status).toBe(200);
    expect(reply.headers['x-thalweg-backend']).toBe('b');
    expect(rig.exchanges()[0]?.attempts.map(({ backend, code }) => [backend, code === null])).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  it.each(Object.keys(BODY_FAULTS))('%s moves on to the next backend', async (name) => {
    const rig = await createRig(twoBackends());
    const { reply } = rig.ask(chat());
    BODY_FAULTS[name]!(rig);
    expect(rig.transport.opened).toHaveLength(2);
    rig.transport.last().json(200, completion());
    expect(reply.json['id']).toBe('chatcmpl-1');
  });

  it.each(Object.keys(STREAM_FAULTS))(
    'in a stream, %s moves on to the next backend and leaks nothing',
    async (name) => {
      const rig = await createRig(twoBackends());
      const { reply } = rig.ask(chat({ stream: true, stream_options: { include_usage: true } }));
      STREAM_FAULTS[name]!(rig);
      expect(reply.status).toBe(null);
      expect(rig.transport.opened).toHaveLength(2);
      startStream(rig, chunk({ content: 'Hi' }) + ending());
      expect(reply.text).toBe(chunk({ content: 'Hi' }) + ending());
    },
  );

  it('a model that the configuration names and the upstream does not know is not the fault of the client', async () => {
    const named = { a: backendAt('http://a.test/v1', { model: 'typo' }), b: backendAt('http://b.test/v1') };
    const rig = await createRig({ ...twoBackends(), backends: named });
    const { reply } = rig.ask(chat());
    rig.transport.last().json(404, { error: { message: 'The model `typo` does not exist', code: 'model_not_found' } });
    expect(rig.transport.opened).toHaveLength(2);
    rig.transport.last().json(404, { error: { message: 'The model `x` does not exist', code: 'model_not_found' } });
    // b takes every name, so the last word is about what the client asked for
    expect(reply.status).toBe(404);
    expect(reply.json.error?.['code']).toBe('model_not_found');
  });

  it('a wrong address or model of the only backend is for the operator to mend, and no SDK asks again', async () => {
    const rig = await createRig(wholeConfig({}, 'http://a.test/v2'));
    const { reply } = rig.ask(chat());
    rig.transport.last().json(404, { detail: 'Not Found' });
    expect(reply.status).toBe(502);
    expect(reply.headers['x-should-retry']).toBe('false');
    expect(reply.json.error?.['message']).toBe(
      'The upstream has no such path (status 404). The operator must check the url of the backend.',
    );
  });

  it('a request that is wrong is not tried again', async () => {
    const rig = await createRig(twoBackends());
    const { reply } = rig.ask(chat());
    rig.transport
      .last()
      .json(400, { error: { message: 'tools[0] is wrong', type: 'invalid_request_error', param: 'tools' } });
    expect(rig.transport.opened).toHaveLength(1);
    expect(reply.status).toBe(400);
    expect(reply.json.error?.['message']).toContain('tools[0] is wrong');
  });

  it('after the last attempt tells the SDK not to try again by itself, with the shortest wait', async () => {
    const rig = await createRig(twoBackends());
    const { reply } = rig.ask(chat());
    rig.transport.last().json(429, {}, ['retry-after', '7']);
    rig.transport.last().json(429, {}, ['retry-after', '30']);
    expect(reply.status).toBe(429);
    expect(reply.headers['retry-after']).toBe('7');
    expect(reply.headers['x-should-retry']).toBe('false');
    expect(reply.headers['x-thalweg-code']).toBe('upstream-rate-limited');
  });

  it('never shows an upstream key, address or 401 body', async () => {
    const rig = await createRig(wholeConfig());
    const { reply } = rig.ask(chat());
    FAULTS['status 401']!(rig);
    expect(reply.status).toBe(502);
    expect(reply.text + JSON.stringify(reply.headers)).not.toMatch(/sk-upstream|up\.test|Incorrect/);
  });

  it('parks a rate-limited backend for as long as it said', async () => {
    const rig = await createRig(twoBackends());
    rig.ask(chat());
    rig.transport.last().json(429, {}, ['retry-after', '7']);
    rig.ask(chat());
    expect(rig.transport.last().request.url).toContain('b.test');
    rig.clock.advance(7_001);
    rig.ask(chat());
    expect(rig.transport.last().request.url).toContain('a.test');
  });

  it('opens the breaker after five failures, and lets one probe through', async () => {
    const rig = await createRig(wholeConfig());
    for (let i = 0; i < 5; i++) {
      rig.ask(chat());
      rig.transport.last().handler.fail(new GatewayError('upstream-timeout'));
    }
    const before = rig.transport.opened.length;
    const refused = rig.ask(chat()).reply;
    expect(rig.transport.opened).toHaveLength(before);
    expect(refused.status).toBe(503);
    expect(refused.headers['x-thalweg-code']).toBe('capacity-exhausted-within-policy');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    rig.clock.advance(5_001);
    const probe = rig.ask(chat()).reply;
    expect(rig.ask(chat()).reply.status).toBe(503);
    rig.transport.last().json(200, completion());
    expect(probe.status).toBe(200);
    expect(rig.breakers().map(({ to }) => to)).toEqual(['open', 'half-open', 'closed']);
  });
});

const LATE_FAULTS: Readonly<Record<string, readonly [string, (rig: Rig) => void]>> = {
  'a reset': [
    'upstream-disconnected',
    (rig) => rig.transport.last().handler.fail(new GatewayError('upstream-disconnected')),
  ],
  'a stall': ['upstream-stalled', (rig) => rig.transport.last().handler.fail(new GatewayError('upstream-stalled'))],
  'a clean end without the terminal event': ['upstream-truncated', (rig) => rig.transport.last().end()],
  'half an event and the end': [
    'upstream-malformed',
    (rig) => {
      rig.transport.last().send('data: {"id":"chatc');
      rig.transport.last().end();
    },
  ],
  'a malformed event': ['upstream-malformed', (rig) => rig.transport.last().send('data: {nonsense}\n\n')],
  'an error event': ['upstream-error', (rig) => rig.transport.last().send('data: {"error":{"message":"boom"}}\n\n')],
};

describe('after the commit point', () => {
  it.each(Object.keys(LATE_FAULTS))('%s ends the stream with one error event and no terminal event', async (name) => {
    const rig = await createRig(twoBackends());
    const { reply } = rig.ask(chat({ stream: true }));
    startStream(rig, chunk({ content: 'Hi' }));
    const [code, inject] = LATE_FAULTS[name]!;
    inject(rig);
    expect(rig.transport.opened).toHaveLength(1);
    expect(reply.text.startsWith(chunk({ content: 'Hi' }))).toBe(true);
    const rest = reply.text.slice(chunk({ content: 'Hi' }).length);
    expect(rest.match(/^data: /gm)).toHaveLength(1);
    expect(JSON.parse(rest.replace(/^data: /, ''))).toHaveProperty('error');
    expect(reply.text).not.toContain('[DONE]');
    expect(reply.ended).toBe(true);
    expect(rig.exchanges()).toHaveLength(1);
    expect(rig.exchanges()[0]).toMatchObject({ outcome: 'failed', code });
  });

  it('ignores what comes after the terminal event, and cuts an upstream that does not stop', async () => {
    const rig = await createRig(wholeConfig());
    const { reply } = rig.ask(chat({ stream: true }));
    startStream(rig, chunk({ content: 'Hi' }) + ending());
    const before = reply.text;
    rig.transport.last().send(chunk({ content: 'more' }));
    expect(reply.text).toBe(before);
    rig.transport.last().send('x'.repeat(70_000));
    expect(rig.transport.last().aborted).not.toBe(null);
    expect(rig.exchanges()).toHaveLength(1);
  });
});

describe('the client leaves', () => {
  it('before the commit point: the upstream is aborted at once and nobody is blamed', async () => {
    const rig = await createRig(wholeConfig());
    const { call, reply } = rig.ask(chat());
    call.leave();
    expect(rig.transport.last().aborted).not.toBe(null);
    expect(reply.status).toBe(null);
    expect(rig.exchanges()[0]).toMatchObject({ outcome: 'client-gone', status: 499 });
  });

  it('in the middle of a stream: aborted at once, tokens so far are kept, five leavings open no breaker', async () => {
    const rig = await createRig(wholeConfig());
    for (let i = 0; i < 6; i++) {
      const { call } = rig.ask(chat({ stream: true }));
      startStream(rig, chunk({ content: 'Hi' }));
      call.leave();
      expect(rig.transport.last().aborted).not.toBe(null);
    }
    expect(rig.transport.opened).toHaveLength(6);
    expect(rig.breakers()).toEqual([]);
    expect(rig.exchanges().every(({ outcome }) => outcome === 'client-gone')).toBe(true);
  });
});
