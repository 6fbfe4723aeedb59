/** What only the Node transport can tell or do: names, TLS, the connect limit, the number of connections. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Transport } from '../../../src/core/transport.ts';
import { createNodeTransport, type NodeTransportOptions } from '../../../src/transport/node/index.ts';
import { LIMITS, observe, requestTo } from '../../conformance/exchange-probe.ts';
import { json } from '../../faults/answers.ts';
import * as certificate from '../../faults/certificate.ts';
import { silence } from '../../faults/faults.ts';
import { realClock as clock } from '../../faults/real-clock.ts';
import { startUpstream, type Upstream } from '../../faults/upstream.ts';

const open: { close(): Promise<void> }[] = [];
let upstream: Upstream;
beforeEach(async () => {
  upstream = await startUpstream();
  open.push(upstream);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

function make(options: Partial<NodeTransportOptions> = {}): Transport {
  const transport = createNodeTransport({ clock, maxAnswerBytes: 1_000_000, ...options });
  open.push(transport);
  return transport;
}

function outcome(transport: Transport, origin: string, change: Parameters<typeof requestTo>[1] = {}) {
  return observe(transport, requestTo(origin, change)).over;
}

async function tls(options: Parameters<typeof startUpstream>[0] = {}): Promise<Upstream> {
  const secure = await startUpstream({ tls: certificate, ...options });
  secure.answer(json({ secure: true }));
  open.push(secure);
  return secure;
}

describe('names', () => {
  it('F1 a name that does not resolve', async () => {
    const seen = await outcome(make(), 'http://upstream.invalid');
    expect([seen.error?.code, seen.error?.where]).toEqual(['upstream-dns', 'connect']);
  });

  it('resolves through the lookup it is given, and sends the name as host', async () => {
    upstream.answer(json({ ok: 1 }));
    const names: string[] = [];
    const transport = make({
      lookup: (name, options, done) => {
        names.push(name);
        if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
        else done(null, '127.0.0.1', 4);
      },
    });
    const seen = await outcome(transport, `http://upstream.test:${upstream.port}`);
    expect([seen.text, names]).toEqual(['{"ok":1}', ['upstream.test']]);
    expect(upstream.received[0]?.headers.get('host')).toBe(`upstream.test:${upstream.port}`);
  });

  it('accepts another spelling of the permitted origin, and connects to that one', async () => {
    upstream.answer(json({ ok: 1 }));
    const transport = make({
      lookup: (_, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4),
    });
    const url = `http://UPSTREAM.test:0${upstream.port}/v1`;
    const seen = await outcome(transport, `http://upstream.test:${upstream.port}`, { url });
    expect(seen.text).toBe('{"ok":1}');
  });
});

describe('the connect limit', () => {
  const limits = { ...LIMITS, connectMs: 150 };

  it('F2 covers a name that never resolves', async () => {
    const seen = await outcome(make({ lookup: () => {} }), 'http://upstream.test', { limits });
    expect([seen.error?.code, seen.error?.where]).toEqual(['upstream-timeout', 'connect']);
    expect(seen.tookMs).toBeLessThan(600);
  });

  it('covers a TLS handshake that nobody answers', async () => {
    const mute = await startUpstream({ mute: true });
    open.push(mute);
    const origin = mute.origin.replace('http', 'https');
    const seen = await outcome(make(), origin, { limits });
    expect([seen.error?.code, seen.error?.where]).toEqual(['upstream-timeout', 'connect']);
  });

  it('covers waiting for one of the connections, and takes the waiting request back unsent', async () => {
    upstream.answer(silence());
    const transport = make({ connectionsPerOrigin: 1 });
    const first = observe(transport, requestTo(upstream.origin));
    await upstream.request(1);
    const second = await outcome(transport, upstream.origin, { limits });
    expect([second.error?.code, second.error?.where]).toEqual(['upstream-timeout', 'connect']);
    upstream.answer(json({ third: 1 }));
    first.control.abort('done');
    expect((await outcome(transport, upstream.origin)).text).toBe('{"third":1}');
    expect(upstream.received).toHaveLength(2);
  });
});

describe('TLS', () => {
  it('trusts a certificate that it was given', async () => {
    const secure = await tls();
    const seen = await outcome(make({ ca: [certificate.cert] }), secure.origin);
    expect(seen.text).toBe('{"secure":true}');
  });

  it('F3 refuses one that nobody vouches for, also when the environment says otherwise', async () => {
    const secure = await tls();
    // Node warns about it; that is not the news here.
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const seen = await outcome(make(), secure.origin);
      expect([seen.error?.code, seen.error?.retryable]).toEqual(['upstream-tls', false]);
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
    expect(secure.received).toHaveLength(0);
  });

  it('F3 refuses one for another name', async () => {
    const secure = await tls();
    const transport = make({
      ca: [certificate.cert],
      lookup: (_, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4),
    });
    const seen = await outcome(transport, `https://other.test:${secure.port}`);
    expect(seen.error?.code).toBe('upstream-tls');
    expect((await outcome(transport, `https://upstream.test:${secure.port}`)).text).toBe('{"secure":true}');
  });
});

describe('environment', () => {
  it('ignores proxies that are named there', async () => {
    upstream.answer(json({ direct: true }));
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:9';
    try {
      expect((await outcome(make(), upstream.origin)).text).toBe('{"direct":true}');
    } finally {
      delete process.env['HTTP_PROXY'];
    }
  });
});

describe('bad requests of ours', () => {
  it('fails on a header that cannot be written, after open returned', async () => {
    const seen = await outcome(make(), upstream.origin, { headers: ['x-bad', 'a\r\nb: c'] });
    expect(seen.error?.code).toBe('internal');
    expect(upstream.received).toHaveLength(0);
  });
});
