/** The access log: one JSON line per event, nothing in it that a client could use against its reader. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../../../src/core/recorder.ts';
import { createAccessLog, createRing } from '../../../src/telemetry/index.ts';
import { levelOf, logLine } from '../../../src/telemetry/log-line.ts';
import { breaker, exchange, notice } from './records.ts';

/** Everything that steers a terminal or ends a line for some reader. */
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

const everyKind: readonly GatewayEvent[] = [
  exchange({ outcome: 'ok' }),
  exchange({ outcome: 'client-gone' }),
  exchange({ outcome: 'refused' }),
  exchange({ outcome: 'failed' }),
  breaker({ to: 'open' }),
  breaker({ to: 'closed' }),
  notice({ level: 'error' }),
];

describe('logLine', () => {
  it('says everything about an exchange', () => {
    const line = logLine(exchange());
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({
      time: '2026-11-23T17:54:50.007Z',
      level: 'info',
      event: 'exchange',
      request: 'req-1',
      decision: 'dec-1',
      surface: 'openai-chat',
      operation: 'chat',
      stream: true,
      model: 'assistant',
      backend: 'r1-local',
      provider: 'vllm',
      upstream_model: 'deepseek-ai/DeepSeek-R1',
      path: 'pass',
      rule: 'default',
      policy: 'sha256:abc',
      key: 'app',
      class: null,
      labels: [],
      tenant: 'acme',
      status: 200,
      code: null,
      outcome: 'ok',
      plan_ms: 0.01,
      headers_ms: 31.99,
      first_content_ms: 120.33,
      total_ms: 2310.5,
      tokens: { input: 812, cached_input: 512, cache_write: null, output: 233, reasoning: 100 },
      cost_usd: 0.000213,
      finish: 'stop',
      attempts: [{ backend: 'r1-local', provider: 'vllm', status: 200, code: null, ms: 2309.2 }],
      losses: [],
      splices: ['model'],
      bytes_in: 1024,
      bytes_out: 23123,
    });
  });

  it('writes null for what was not told', () => {
    const none = exchange({ model: null, backend: null, usage: null, finish: null, costUsd: null, attempts: [] });
    expect(JSON.parse(logLine(none))).toMatchObject({
      model: null,
      backend: null,
      tokens: null,
      finish: null,
      cost_usd: null,
    });
  });

  it('says where an answer ran when the answer said so, and quotes it like everything from outside', () => {
    expect(JSON.parse(logLine(exchange({ proof: 'us' })))).toMatchObject({ proof: 'us', losses: expect.anything() });
    expect(JSON.parse(logLine(exchange({ proof: null })))).not.toHaveProperty('proof');
    expect(logLine(exchange({ proof: 'u\n"s' })).trimEnd()).not.toMatch(STEERING);
  });

  it('writes every attempt, loss and splice', () => {
    const attempts = [
      { backend: 'a', provider: 'groq', status: 429, code: 'upstream-rate-limited', durationMs: 1.005 },
      { backend: 'b', provider: 'vllm', status: null, code: 'upstream-connect', durationMs: 0 },
    ] as const;
    const line = JSON.parse(logLine(exchange({ attempts, losses: ['n', 'seed'], splices: ['model', 'usage'] })));
    expect(line.attempts).toHaveLength(2);
    expect(line.attempts[1]).toEqual({ backend: 'b', provider: 'vllm', status: null, code: 'upstream-connect', ms: 0 });
    expect(line.losses).toEqual(['n', 'seed']);
    expect(line.splices).toEqual(['model', 'usage']);
  });

  it('writes breakers and notices', () => {
    expect(JSON.parse(logLine(breaker()))).toEqual({
      time: '1970-01-01T00:00:01.000Z',
      level: 'warn',
      event: 'breaker',
      backend: 'r1-local',
      from: 'closed',
      to: 'open',
    });
    expect(JSON.parse(logLine(notice({ message: 'line one\nline two\u001b[31m' })))).toMatchObject({
      event: 'notice',
      name: 'config-reloaded',
      message: 'line one\ufffdline two\ufffd[31m',
    });
  });

  it('never lets a foreign word forge a line, steer a terminal or grow without bound', () => {
    const word = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
      fc.constantFrom(
        '\u001b]0;owned\u0007',
        'a\r\n{"level":"info"}',
        '\u009b31m',
        'x\u2028y',
        '\u202eevil',
        '"},{"',
        '\\',
      ),
    );
    fc.assert(
      fc.property(word, word, word, (model, requestId, upstreamModel) => {
        const line = logLine(exchange({ model, requestId, upstreamModel, losses: [model], tenant: requestId }));
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(STEERING.test(line.slice(0, -1))).toBe(false);
        const parsed = JSON.parse(line);
        for (const text of [parsed.model, parsed.request, parsed.upstream_model, parsed.losses[0], parsed.tenant]) {
          expect(text.length).toBeLessThanOrEqual(256);
          expect(STEERING.test(text)).toBe(false);
        }
      }),
    );
  });

  it('carries nothing of the raw usage and no raw finish reason', () => {
    const canary = 'sk-canary-7f3a';
    const usage = { ...exchange().usage!, raw: { note: canary } };
    expect(logLine(exchange({ usage, finish: { unified: 'other', raw: canary } }))).not.toContain(canary);
  });

  it('keeps the second of the time across lines', () => {
    for (const at of [0, 999, 1000, 1001.75, 59_999, 0]) {
      expect(JSON.parse(logLine(breaker({ at }))).time).toBe(new Date(at).toISOString());
    }
  });
});

describe('createAccessLog', () => {
  it.each([
    ['off', 0],
    ['error', 2],
    ['warn', 4],
    ['info', 7],
  ] as const)('writes at level %s what matters at least as much', (level, lines) => {
    const chunks: string[] = [];
    createAccessLog({ level, write: (chunk) => chunks.push(chunk) > 0 }).read(everyKind);
    expect(chunks.join('').split('\n').length - 1).toBe(lines);
    expect(chunks.length).toBeLessThanOrEqual(1);
  });

  it('orders what failed here above what was refused', () => {
    expect(everyKind.map(levelOf)).toEqual(['info', 'info', 'warn', 'error', 'warn', 'info', 'error']);
  });

  it('waits while its sink is full, and the ring keeps the lines', () => {
    const chunks: string[] = [];
    let room = false;
    const log = createAccessLog({
      level: 'info',
      write(chunk) {
        chunks.push(chunk);
        return room;
      },
    });
    const ring = createRing({ capacity: 8, readers: [log], schedule: (f) => f() });
    ring.record(breaker());
    ring.record(breaker());
    ring.record(breaker());
    expect(chunks).toHaveLength(1);
    room = true;
    log.drained();
    ring.flush();
    expect(chunks).toHaveLength(2);
    expect(chunks[1]?.split('\n').length).toBe(3);
    expect(ring.drops()).toBe(0);
  });

  it('changes its level for a reload', () => {
    const chunks: string[] = [];
    const log = createAccessLog({ level: 'off', write: (chunk) => chunks.push(chunk) > 0 });
    log.read([breaker()]);
    log.setLevel('info');
    log.read([breaker()]);
    expect(chunks).toHaveLength(1);
  });
});
