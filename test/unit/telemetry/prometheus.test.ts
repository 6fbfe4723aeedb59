/** The metrics: what they count, how they are written, and that no client can grow them. */
import { describe, expect, it } from 'vitest';
import { createMetrics, createRing, type Load, type Metrics } from '../../../src/telemetry/index.ts';
import { createHistogram, createNumbers } from '../../../src/telemetry/metric-family.ts';
import { breaker, exchange, notice } from './records.ts';

function metrics(load: Load = { backends: [], pools: [] }): Metrics {
  return createMetrics({ version: '1.2.3', isModel: (name) => name === 'assistant', load: () => load });
}

/** The samples of a text: `name{labels}` -> value. */
function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

const SAMPLE = /^[a-z_]+(\{[a-z]+="(\\[\\"n]|[^"\\\n])*"(,[a-z]+="(\\[\\"n]|[^"\\\n])*")*\})? (\d|-|\+|\.|e|NaN)+$/;

describe('createMetrics', () => {
  it('counts exchanges, phases, tokens, cost and attempts', () => {
    const { reader, text } = metrics();
    const attempts = [
      { backend: 'r0', provider: 'groq', status: 503, code: 'upstream-overloaded', durationMs: 3 },
      { backend: 'r1-local', provider: 'vllm', status: 200, code: null, durationMs: 9 },
    ] as const;
    reader.read([exchange({ attempts }), exchange({ attempts })]);
    const got = samples(text());
    expect(
      got.get(
        'thalweg_requests_total{surface="openai-chat",model="assistant",backend="r1-local",outcome="ok",code="none"}',
      ),
    ).toBe(2);
    expect(got.get('thalweg_tokens_total{direction="input",model="assistant",backend="r1-local"}')).toBe(1624);
    expect(got.get('thalweg_tokens_total{direction="cached_input",model="assistant",backend="r1-local"}')).toBe(1024);
    expect(got.get('thalweg_tokens_total{direction="output",model="assistant",backend="r1-local"}')).toBe(466);
    expect([...got.keys()].some((key) => key.includes('cache_write'))).toBe(false);
    expect(got.get('thalweg_cost_usd_total{model="assistant",backend="r1-local"}')).toBeCloseTo(0.000426, 9);
    expect(got.get('thalweg_attempts_total{backend="r0",result="upstream-overloaded"}')).toBe(2);
    expect(got.get('thalweg_attempts_total{backend="r1-local",result="ok"}')).toBe(2);
    expect(got.get('thalweg_build_info{version="1.2.3"}')).toBe(1);
  });

  it('puts phases into cumulative buckets of seconds', () => {
    const { reader, text } = metrics();
    const totals = [0, 1, 1.01, 400_000];
    reader.read(
      totals.map((totalMs) => exchange({ phases: { planMs: 0, headersMs: null, firstContentMs: null, totalMs } })),
    );
    const got = samples(text());
    const bucket = (le: string): number | undefined =>
      got.get(`thalweg_request_phase_seconds_bucket{phase="total",le="${le}"}`);
    expect([bucket('0.0001'), bucket('0.001'), bucket('0.0025'), bucket('320'), bucket('+Inf')]).toEqual([
      1, 2, 3, 3, 4,
    ]);
    expect(got.get('thalweg_request_phase_seconds_count{phase="total"}')).toBe(4);
    expect(got.get('thalweg_request_phase_seconds_sum{phase="total"}')).toBeCloseTo(400.00201, 6);
    expect([...got.keys()].some((key) => key.includes('phase="headers"'))).toBe(false);
  });

  it('times chats only', () => {
    const { reader, text } = metrics();
    reader.read([exchange({ operation: 'list-models' })]);
    expect(text()).not.toContain('phase=');
    expect(text()).toContain('thalweg_requests_total{');
  });

  it('keeps unknown cost out of the sum and counts it apart', () => {
    const { reader, text } = metrics();
    reader.read([exchange({ costUsd: null }), exchange({ costUsd: null, backend: null })]);
    const got = samples(text());
    expect([...got.keys()].some((key) => key.startsWith('thalweg_cost_usd_total'))).toBe(false);
    expect(got.get('thalweg_unpriced_requests_total{model="assistant",backend="r1-local"}')).toBe(1);
  });

  it('shows breakers as closed until they move', () => {
    const { reader, text } = metrics();
    reader.read([exchange()]);
    expect(text()).toContain('thalweg_breaker_state{backend="r1-local"} 0\n');
    reader.read([breaker({ to: 'open' })]);
    expect(text()).toContain('thalweg_breaker_state{backend="r1-local"} 2\n');
    reader.read([breaker({ from: 'open', to: 'half-open' }), exchange()]);
    expect(text()).toContain('thalweg_breaker_state{backend="r1-local"} 1\n');
  });

  it('tells what runs and waits at this moment, and forgets what a reload took away', () => {
    const pools = [{ id: 'gpu', slots: 8, running: 8, waiting: 3 }];
    const load = { backends: [{ id: 'r1-local', running: 9 }], pools };
    const { text } = metrics(load);
    const got = samples(text());
    expect(got.get('thalweg_attempts_running{backend="r1-local"}')).toBe(9);
    expect(got.get('thalweg_pool_slots{pool="gpu"}')).toBe(8);
    expect(got.get('thalweg_pool_running{pool="gpu"}')).toBe(8);
    expect(got.get('thalweg_pool_waiting{pool="gpu"}')).toBe(3);
    load.backends = [{ id: 'other', running: 0 }];
    pools.length = 0;
    expect([...samples(text()).keys()].filter((key) => key.includes('running'))).toEqual([
      'thalweg_attempts_running{backend="other"}',
    ]);
  });

  it('counts notices and the losses of the ring', () => {
    const { reader, text } = metrics();
    const ring = createRing({ capacity: 1, readers: [reader], schedule: () => undefined });
    ring.record(notice());
    ring.record(notice({ level: 'error', name: 'config-refused' }));
    ring.flush();
    expect(text(ring)).toContain('thalweg_ring_drops_total{reader="metrics"} 1\n');
    expect(text(ring)).toContain('thalweg_notices_total{name="config-refused",level="error"} 1\n');
  });

  it('gives every unknown model name the same series', () => {
    const { reader, text } = metrics();
    reader.read([
      ...Array.from({ length: 500 }, (_, i) => exchange({ model: `made-up-${i}`, backend: null, outcome: 'refused' })),
      exchange({ model: null, backend: null, outcome: 'refused' }),
    ]);
    const requests = [...samples(text())].filter(([key]) => key.startsWith('thalweg_requests_total'));
    expect(requests).toEqual([
      ['thalweg_requests_total{surface="openai-chat",model="other",backend="none",outcome="refused",code="none"}', 501],
    ]);
  });

  it('writes a text that a scraper reads: HELP and TYPE before samples, every line well formed', () => {
    const { reader, text } = metrics();
    reader.read([exchange({ backend: 'odd "name"\\\n\u001b' }), exchange(), breaker(), notice()]);
    let family = '';
    const odd = text()
      .trimEnd()
      .split('\n')
      .filter((line) => {
        if (line.startsWith('# HELP ')) family = line.split(' ')[2] ?? '';
        const type = new RegExp(`^# TYPE ${family} (counter|gauge|histogram)$`);
        return !line.startsWith('# HELP ') && !type.test(line) && !(SAMPLE.test(line) && line.startsWith(family));
      });
    expect(odd).toEqual([]);
    expect(text()).toContain('backend="odd \\"name\\"\\\\\ufffd\ufffd"');
  });
});

describe('a family of metrics', () => {
  it('stops growing and counts the rest together', () => {
    const numbers = createNumbers('counter', { name: 'x_total', help: 'X.', labels: ['a', 'b'] });
    for (let i = 0; i < 2500; i++) numbers.add(1, `a${i}`, 'b');
    const got = samples(numbers.text());
    expect(got.size).toBe(2001);
    expect(got.get('x_total{a="other",b="other"}')).toBe(500);
    expect(numbers.has('a0', 'b')).toBe(true);
    expect(numbers.has('a2400', 'b')).toBe(false);
  });

  it('writes nothing at all without series', () => {
    expect(createHistogram({ name: 'y_seconds', help: 'Y.', labels: ['a'] }, [1]).text()).toBe('');
  });

  it('bounds label values', () => {
    const numbers = createNumbers('gauge', { name: 'z', help: 'Z.', labels: ['a'] });
    numbers.set(1, 'v'.repeat(1000));
    expect(numbers.text()).toContain(`{a="${'v'.repeat(256)}"} 1`);
  });
});
