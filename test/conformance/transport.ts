/** What every transport must do, run against the scripted upstream over real sockets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EgressPermit } from '../../src/core/egress.ts';
import type { ErrorCode } from '../../src/core/error-codes.ts';
import type { PhaseLimits, Transport, UpstreamControl, UpstreamRequest } from '../../src/core/transport.ts';
import { LIMITS, observe, requestTo, type Seen } from './exchange-probe.ts';
import { json, sliced, stream } from '../faults/answers.ts';
import * as faults from '../faults/faults.ts';
import { refusedOrigin, startUpstream, type Upstream } from '../faults/upstream.ts';
import type { Script } from '../faults/wire.ts';

/** What a transport's runtime hides, so that the suite does not ask for it. */
export interface TransportTraits {
  /** The runtime inflates compressed answers itself; otherwise they are refused. */
  readonly inflates: boolean;
  /** Waiting for a connection has a limit and a name of its own. */
  readonly tellsConnect: boolean;
  /** A broken HTTP message is told apart from a broken connection. */
  readonly tellsMalformed: boolean;
  /** Largest header block that is accepted, bytes; null where the runtime decides. */
  readonly maxHeaderBytes: number | null;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const FRAMES = ['data: {"n":1}\n\n', 'data: {"n":2}\n\n', 'data: [DONE]\n\n'];

/** Runs the suite; `make` is called per test with the cap on an answer's body. */
export function transportSuite(
  name: string,
  make: (maxAnswerBytes: number) => Transport,
  traits: TransportTraits,
): void {
  let upstream: Upstream;
  let transport: Transport;
  beforeEach(async () => {
    upstream = await startUpstream();
    transport = make(1_000_000);
  });
  afterEach(async () => {
    await upstream.close();
    await transport.close();
  });

  const ask = (script: Script, change: Partial<UpstreamRequest> = {}): Promise<Seen> => {
    upstream.answer(script);
    return observe(transport, requestTo(upstream.origin, change)).over;
  };
  const within = (limits: Partial<PhaseLimits>): Partial<UpstreamRequest> => ({ limits: { ...LIMITS, ...limits } });
  /** How an exchange failed: code, the calls that came, the phase. No message names an address. */
  const failureOf = (seen: Seen): readonly [ErrorCode | undefined, string, string | null | undefined] => {
    if (`${seen.error?.message} ${seen.error?.hint}`.includes('127.0.0.1')) throw new Error('an address leaked');
    return [seen.error?.code, seen.calls.join(' '), seen.error?.where];
  };

  describe(`${name}: good answers`, () => {
    it('carries a request and its answer byte for byte', async () => {
      const seen = await ask(json({ ok: true }, { headers: ['x-request-id: r1'] }));
      expect(seen.calls).toEqual(['head', 'data', 'end']);
      expect([seen.status, seen.text]).toEqual([200, '{"ok":true}']);
      expect(seen.headers?.get('content-type')).toBe('application/json');
      expect(seen.headers?.get('x-request-id')).toBe('r1');
      expect(seen.headers?.get('absent')).toBeNull();
      const [request] = upstream.received;
      expect([request?.method, request?.path]).toEqual(['POST', '/v1/chat/completions?a=b']);
      expect(request?.body.toString()).toBe('{"model":"m"}');
      expect(request?.headers.get('authorization')).toBe('Bearer k');
      expect(request?.headers.get('content-length')).toBe('13');
    });

    it('asks for identity encoding', async () => {
      await ask(json({}));
      expect(upstream.received[0]?.headers.get('accept-encoding')).toBe('identity');
    });

    it('sends a GET without a body', async () => {
      await ask(json({}), { method: 'GET', headers: [], body: new Uint8Array(0) });
      expect(upstream.received[0]?.method).toBe('GET');
      expect(upstream.received[0]?.body).toHaveLength(0);
    });

    it('sends only the bytes of a view into a larger buffer', async () => {
      const large = new TextEncoder().encode('xx{"a":1}yy');
      await ask(json({}), { body: large.subarray(2, 9) });
      expect(upstream.received[0]?.body.toString()).toBe('{"a":1}');
    });

    it('reports an error status like any other', async () => {
      const seen = await ask(faults.rateLimited429('7'));
      expect([seen.status, seen.headers?.get('retry-after'), seen.error]).toEqual([429, '7', null]);
      expect(seen.text).toContain('rate_limit_exceeded');
    });

    it('passes on chunks as they come', async () => {
      const seen = await ask(stream(FRAMES, { paceMs: 15 }));
      expect(seen.chunks.map((chunk) => Buffer.from(chunk).toString())).toEqual(FRAMES);
      expect(seen.calls).toEqual(['head', 'data', 'end']);
    });

    it('puts together what comes in slices of one byte', async () => {
      expect((await ask(sliced(stream(FRAMES)))).text).toBe(FRAMES.join(''));
    });

    it('takes an answer that only its FIN ends as whole', async () => {
      const seen = await ask(faults.streamUntilFin(FRAMES));
      expect([seen.text, seen.calls.at(-1)]).toEqual([FRAMES.join(''), 'end']);
    });

    it('reports an empty body without data', async () => {
      expect((await ask(faults.empty200())).calls).toEqual(['head', 'end']);
    });

    it('keeps connections alive', async () => {
      await ask(json({}));
      await pause(20);
      await ask(json({}));
      expect(upstream.connections.accepted).toBe(1);
    });

    it('does not follow redirects', async () => {
      const elsewhere = await startUpstream();
      const seen = await ask(faults.redirect307(`${elsewhere.origin}/steal`));
      expect([307, 302]).toContain(seen.status);
      expect(elsewhere.connections.accepted).toBe(0);
      await elsewhere.close();
    });

    it('does not report informational answers', async () => {
      const seen = await ask(faults.informationalFlood(20, json({ ok: 1 })));
      expect([seen.calls, seen.status, seen.text]).toEqual([['head', 'data', 'end'], 200, '{"ok":1}']);
    });
  });

  describe(`${name}: permits`, () => {
    it.each([
      ['another origin', (origin: string) => ({ permit: EgressPermit.mint('p', `${origin}1`, 'attempt', 'd') })],
      ['another scheme', (origin: string) => ({ url: origin.replace('http', 'https') })],
      ['credentials in the URL', (origin: string) => ({ url: origin.replace('://', '://user:pw@') })],
      ['an object that only looks like one', (origin: string) => ({ permit: forge(origin) })],
      ['no http at all', () => ({ url: 'file:///etc/passwd' })],
    ] as const)('opens nothing for %s', async (_, change) => {
      const seen = await observe(transport, requestTo(upstream.origin, change(upstream.origin))).over;
      expect(failureOf(seen)).toEqual(['egress-denied', 'fail', null]);
      expect(upstream.connections.accepted).toBe(0);
    });

    it('opens nothing after close', async () => {
      await transport.close();
      expect(failureOf(await ask(json({})))).toEqual(['gateway-shutdown', 'fail', null]);
      expect(upstream.connections.accepted).toBe(0);
    });
  });

  describe(`${name}: failures`, () => {
    it('F2 connection refused', async () => {
      const seen = await observe(transport, requestTo(await refusedOrigin())).over;
      expect(failureOf(seen)).toEqual(['upstream-connect', 'fail', 'connect']);
      expect(seen.tookMs).toBeLessThan(500);
    });

    it('F3 no TLS at the other end', async () => {
      const origin = upstream.origin.replace('http', 'https');
      const seen = await observe(transport, requestTo(origin)).over;
      const untold = ['upstream-reset', 'fail', 'headers'];
      const told = ['upstream-tls', 'fail', 'connect'];
      expect(traits.tellsConnect ? [told] : [told, untold]).toContainEqual(failureOf(seen));
      expect(upstream.received).toHaveLength(0);
    });

    it.each([
      ['RST', faults.resetBeforeHeaders()],
      ['FIN', faults.finBeforeHeaders()],
    ] as const)('F5 %s before headers', async (_, script) => {
      expect(failureOf(await ask(script))).toEqual(['upstream-reset', 'fail', 'headers']);
    });

    it('F6 no answer', async () => {
      const seen = await ask(faults.silence(), within({ connectMs: 100, headersMs: 200 }));
      expect(failureOf(seen)).toEqual(['upstream-timeout', 'fail', 'headers']);
      expect(seen.tookMs).toBeGreaterThan(150);
      expect(seen.tookMs).toBeLessThan(1500);
      await upstream.aborted(1);
    });

    it('F6 headers and no first byte', async () => {
      const seen = await ask(faults.headersThenNothing(), within({ firstByteMs: 200 }));
      expect(failureOf(seen)).toEqual(['upstream-timeout', 'head fail', 'first-byte']);
      await upstream.aborted(1);
    });

    it('F8 a stall mid-stream', async () => {
      const seen = await ask(faults.stallMidStream(FRAMES.slice(0, 2)), within({ idleMs: 200 }));
      expect(failureOf(seen)).toEqual(['upstream-stalled', 'head data fail', 'idle']);
      expect(seen.text).toBe(FRAMES.slice(0, 2).join(''));
      await upstream.aborted(1);
    });

    it('F8 a stall in the middle of a JSON body', async () => {
      const seen = await ask(faults.stallMidJson('{"a":1}', 3), within({ idleMs: 200 }));
      expect(failureOf(seen)).toEqual(['upstream-stalled', 'head data fail', 'idle']);
    });

    it('the idle limit starts again with every chunk', async () => {
      const seen = await ask(stream(FRAMES, { paceMs: 200 }), within({ idleMs: 450, firstByteMs: 450 }));
      expect(seen.calls).toEqual(['head', 'data', 'end']);
    });

    it('F16 the whole exchange has a limit', async () => {
      const seen = await ask(faults.endlessStream(FRAMES[0]!, 10), within({ totalMs: 300 }));
      expect(failureOf(seen)).toEqual(['upstream-timeout', 'head data fail', 'total']);
      await upstream.aborted(1);
    });

    it.each([
      ['FIN mid-event', faults.finMidEvent(FRAMES.slice(0, 2), 7), 'data'],
      ['FIN mid-event on a last answer', faults.finMidEventLastAnswer(FRAMES.slice(0, 2), 7), 'data'],
      ['RST mid-event', faults.rstMidEvent(FRAMES.slice(0, 2), 7), 'data'],
      ['RST after headers', faults.headersThenReset(), 'head'],
      ['FIN mid-JSON', faults.finMidJson('{"a":1}', 3), 'data'],
    ] as const)('F9 %s', async (_, script, last) => {
      const calls = last === 'head' ? ['head', 'fail'] : ['head', 'data', 'fail'];
      expect(failureOf(await ask(script))).toEqual(['upstream-disconnected', calls.join(' '), 'body']);
    });

    it('what is not HTTP', async () => {
      const code = traits.tellsMalformed ? 'upstream-malformed' : 'upstream-reset';
      expect(failureOf(await ask(faults.notHttp()))).toEqual([code, 'fail', 'headers']);
    });

    it('a chunk size that is none', async () => {
      const code = traits.tellsMalformed ? 'upstream-malformed' : 'upstream-disconnected';
      expect(failureOf(await ask(faults.badChunk()))).toEqual([code, 'head data fail', 'body']);
    });

    it('F15 an announced body over the cap is not read', async () => {
      const seen = await ask(json({ text: 'x'.repeat(2000) }), { maxBytes: 1000 });
      expect(failureOf(seen)).toEqual(['upstream-too-large', 'fail', 'body']);
    });

    it.each([
      ['the cap of the request', { maxBytes: 300_000 }, 300_000],
      ['the cap of the transport', {}, 1_000_000],
    ] as const)('F15 a body that grows over %s', async (_, change, cap) => {
      const seen = await ask(faults.oversizeJson(50_000_000), change);
      expect(failureOf(seen)).toEqual(['upstream-too-large', 'head data fail', 'body']);
      expect(Buffer.concat(seen.chunks).length).toBeLessThanOrEqual(cap);
      await upstream.aborted(1);
    });

    it('a request may raise the cap', async () => {
      const seen = await ask(faults.oversizeJson(1_200_000), { maxBytes: 2_000_000 });
      expect([seen.error, seen.text.length]).toEqual([null, 1_200_009]);
    });

    it('F17 a compressed answer', async () => {
      const seen = await ask(faults.gzipAnswer({ a: 1 }));
      const whole = [undefined, 'head data end', undefined];
      const refused = ['upstream-malformed', 'fail', 'headers'];
      expect(failureOf(seen)).toEqual(traits.inflates ? whole : refused);
      expect(seen.text).toBe(traits.inflates ? '{"a":1}' : '');
    });

    it.runIf(traits.maxHeaderBytes !== null)('F19 headers without end', async () => {
      const maxHeaderBytes = traits.maxHeaderBytes ?? 0;
      const seen = await ask(faults.hugeHeaders({}, maxHeaderBytes + 2000));
      expect(failureOf(seen)).toEqual(['upstream-malformed', 'fail', 'headers']);
      expect((await ask(faults.hugeHeaders({}, maxHeaderBytes - 4000))).status).toBe(200);
    });
  });

  describe(`${name}: steering`, () => {
    it.each([
      ['before headers', faults.silence(), null],
      ['mid-stream', faults.endlessStream(FRAMES[0]!, 5), 'data'],
    ] as const)('F25, F26 abort %s reaches the upstream at once and silences the handler', async (_, script, after) => {
      upstream.answer(script);
      const seen = observe(transport, requestTo(upstream.origin));
      await upstream.request(1);
      if (after !== null) await seen.first(after);
      const calls = [...seen.calls];
      const chunks = seen.chunks.length;
      const abortMs = performance.now();
      seen.control.abort('client gone');
      seen.control.abort('again');
      const { abortedAtMs } = await upstream.aborted(1);
      expect(abortedAtMs! - abortMs).toBeLessThan(50);
      await pause(30);
      expect([seen.calls, seen.chunks.length]).toEqual([calls, chunks]);
    });

    it('abort before anything happened means that nothing is heard', async () => {
      upstream.answer(json({}));
      const seen = observe(transport, requestTo(upstream.origin));
      seen.control.abort('at once');
      seen.control.pause();
      seen.control.resume();
      await pause(50);
      expect(seen.calls).toEqual([]);
      expect((await ask(json({ next: 1 }))).text).toBe('{"next":1}');
    });

    it('abort from inside the handler', async () => {
      upstream.answer(stream(FRAMES, { paceMs: 10 }));
      const calls: string[] = [];
      const control = transport.open(requestTo(upstream.origin), {
        head: () => void calls.push('head'),
        data: () => {
          calls.push('data');
          control.abort('enough');
        },
        end: () => void calls.push('end'),
        fail: () => void calls.push('fail'),
      });
      await upstream.aborted(1);
      await pause(20);
      expect(calls).toEqual(['head', 'data']);
    });

    it('F27 a paused exchange fills the window, does not stall, and goes on where it stopped', async () => {
      const bytes = 30_000_000;
      upstream.answer(faults.oversizeJson(bytes));
      const seen = observe(transport, requestTo(upstream.origin, { maxBytes: 2 * bytes, ...within({ idleMs: 250 }) }));
      await seen.first('data');
      seen.control.pause();
      await pause(50);
      const before = Buffer.concat(seen.chunks).length;
      await pause(600);
      expect(Buffer.concat(seen.chunks).length - before).toBeLessThan(1_000_000);
      expect([seen.error, seen.calls.includes('end')]).toEqual([null, false]);
      seen.control.resume();
      await seen.over;
      expect([seen.error, Buffer.concat(seen.chunks).length]).toEqual([null, bytes + 9]);
    });

    it('two exchanges that steer each other from their handlers', async () => {
      upstream.answer(stream(Array.from({ length: 40 }, (_, i) => `data: ${i}\n\n`)));
      const open = (
        other: () => UpstreamControl | null,
      ): { control: UpstreamControl; over: Promise<void>; bytes: number } => {
        const over = Promise.withResolvers<void>();
        const result = { bytes: 0, over: over.promise, control: {} as UpstreamControl };
        result.control = transport.open(requestTo(upstream.origin), {
          head: () => {},
          data: (chunk) => {
            result.bytes += chunk.length;
            other()?.pause();
            other()?.resume();
          },
          end: () => over.resolve(),
          fail: (error) => over.reject(error),
        });
        return result;
      };
      const a = open(() => b.control);
      const b = open(() => a.control);
      await Promise.all([a.over, b.over]);
      expect(a.bytes).toBe(b.bytes);
    });

    it('closing lets a running exchange finish', async () => {
      upstream.answer(stream(FRAMES, { paceMs: 30 }));
      const seen = observe(transport, requestTo(upstream.origin));
      await seen.first('head');
      const closed = transport.close();
      expect((await seen.over).text).toBe(FRAMES.join(''));
      await closed;
    });
  });
}

function forge(origin: string): EgressPermit {
  const look = { policy: 'p', origin, purpose: 'attempt', decision: 'd' };
  // The test is about an object that is not what its type says.
  return look as unknown as EgressPermit;
}
