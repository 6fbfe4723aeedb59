/** The one connector opens no socket that the route does not admit: names, literals, rebinding, certificates, tunnels, pools. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EgressPermit } from '../../../src/core/egress.ts';
import type { EgressRoute } from '../../../src/core/egress-route.ts';
import { parseRange } from '../../../src/core/ip-address.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { Transport } from '../../../src/core/transport.ts';
import { createNodeTransport, type NodeTransportOptions } from '../../../src/transport/node/index.ts';
import { observe, requestTo } from '../../conformance/exchange-probe.ts';
import { json } from '../../faults/answers.ts';
import * as certificate from '../../faults/certificate.ts';
import { realClock as clock } from '../../faults/real-clock.ts';
import { startUpstream, type Upstream } from '../../faults/upstream.ts';

const open: { close(): Promise<void> }[] = [];
let upstream: Upstream;
beforeEach(async () => {
  upstream = await startUpstream();
  upstream.answer(json({ ok: 1 }));
  open.push(upstream);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(open.splice(0).map((one) => one.close()));
});

function make(options: Partial<NodeTransportOptions> = {}): Transport {
  const transport = createNodeTransport({ clock, maxAnswerBytes: 1_000_000, ...options });
  open.push(transport);
  return transport;
}

function routeOf(own: Partial<EgressRoute> & { cidr?: readonly string[] } = {}): EgressRoute {
  const { cidr = [], ...rest } = own;
  const terms = JSON.stringify([rest.network, cidr, rest.proxy, rest.tls]);
  return {
    terms,
    network: 'public',
    ranges: cidr.map((text) => parseRange(text)!),
    tls: null,
    proxy: null,
    binding: null,
    ...rest,
  };
}

async function reach(transport: Transport, origin: string, route: EgressRoute): Promise<string> {
  const permit = EgressPermit.mint('policy', origin, 'attempt', 'decision', route);
  const seen = await observe(transport, requestTo(origin, { permit })).over;
  return seen.error?.code ?? seen.text;
}

/** A resolver that gives these answers one after another, the last one for good. */
function resolver(...answers: (readonly string[])[]): NonNullable<NodeTransportOptions['lookup']> {
  return (_, options, done) => {
    const now = answers.length > 1 ? answers.shift()! : answers[0]!;
    const all = now.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) done(null, all);
    else done(null, all[0]!.address, all[0]!.family);
  };
}

describe('names', () => {
  it.each<[string, readonly string[]]>([
    ['this machine', ['127.0.0.1']],
    ['this machine as IPv6', ['::ffff:127.0.0.1']],
    ['a metadata service', ['169.254.169.254']],
    ['a private network', ['10.0.0.1']],
    ['one public and one private address', ['93.184.215.14', '127.0.0.1']],
  ])('a public name that leads to %s is refused, and nothing is opened', async (_, addresses) => {
    const transport = make({ lookup: resolver(addresses) });
    expect(await reach(transport, `http://api.example.com:${upstream.port}`, routeOf())).toBe('egress-denied');
    expect(upstream.received).toHaveLength(0);
  });

  it('a name within the perimeter is reached, and no longer once it is bound anew', async () => {
    const transport = make({ lookup: resolver(['127.0.0.1'], ['127.0.0.2']), connectionsPerOrigin: 4 });
    const inside = routeOf({ network: 'perimeter', cidr: ['127.0.0.1/32'] });
    upstream.answer(json({ ok: 1 }));
    const origin = `http://llm.corp:${upstream.port}`;
    expect(await reach(transport, origin, inside)).toBe('{"ok":1}');
    // terms of another perimeter never share the connection that is open
    const narrower = routeOf({ network: 'perimeter', cidr: ['127.0.0.1/32', '10.0.0.0/8'] });
    expect(await reach(transport, origin, narrower)).toBe('egress-denied');
  });

  it('10,000 attempts at forbidden addresses open nothing', async () => {
    const forms = [
      '127.0.0.1',
      '::1',
      '::ffff:127.0.0.1',
      '169.254.169.254',
      '10.1.2.3',
      '192.168.1.1',
      '0.0.0.0',
      'fd00::1',
    ];
    let turn = 0;
    const transport = make({
      connectionsPerOrigin: 64,
      lookup: (name, options, done) => resolver([forms[turn++ % forms.length]!])(name, options, done),
    });
    const route = routeOf();
    const origin = `http://api.example.com:${upstream.port}`;
    const codes = new Set<string>();
    for (let batch = 0; batch < 20; batch++) {
      const results = await Promise.all(Array.from({ length: 500 }, () => reach(transport, origin, route)));
      for (const code of results) codes.add(code);
    }
    expect([...codes]).toEqual(['egress-denied']);
    expect(upstream.received).toHaveLength(0);
  }, 60_000);
});

describe('literals', () => {
  it.each(['127.0.0.1', '127.1', '0x7f000001', '2130706433', '[::ffff:127.0.0.1]'])(
    '%s outside the perimeter is refused before a socket is made',
    async (host) => {
      const { origin } = new URL(`http://${host}:${upstream.port}`);
      const route = routeOf({ network: 'perimeter', cidr: ['10.20.0.0/16'] });
      expect(await reach(make(), origin, route)).toBe('egress-denied');
      expect(upstream.received).toHaveLength(0);
    },
  );

  it('that the configuration writes out is reached', async () => {
    expect(await reach(make(), `http://127.0.0.1:${upstream.port}`, routeOf())).toBe('{"ok":1}');
  });
});

describe('certificates', () => {
  async function secureUpstream(extra: object = {}): Promise<Upstream> {
    const secure = await startUpstream({ tls: { ...certificate, ...extra } });
    secure.answer(json({ secure: true }));
    open.push(secure);
    return secure;
  }

  it('of a private authority are trusted on their own route only', async () => {
    const secure = await secureUpstream();
    const origin = `https://127.0.0.1:${secure.port}`;
    const transport = make();
    const own = routeOf({ tls: { ca: certificate.cert, cert: null, key: null } });
    expect(await reach(transport, origin, own)).toBe('{"secure":true}');
    expect(await reach(transport, origin, routeOf())).toBe('upstream-tls');
  });

  it('are shown to an upstream that asks for one', async () => {
    const secure = await secureUpstream({ requestCert: true, rejectUnauthorized: true, ca: certificate.cert });
    const origin = `https://127.0.0.1:${secure.port}`;
    const { cert } = certificate;
    const shown = routeOf({ tls: { ca: cert, cert, key: new Secret(certificate.key) } });
    expect(await reach(make(), origin, shown)).toBe('{"secure":true}');
    const bare = routeOf({ tls: { ca: cert, cert: null, key: null } });
    expect(await reach(make(), origin, bare)).not.toBe('{"secure":true}');
  });
});

describe('proxies', () => {
  async function startProxy(status = 200): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const sockets = new Set<Socket>();
    const proxy: Server = createServer();
    proxy.on('connect', (request: IncomingMessage, client: Socket) => {
      asked.push(request.url ?? '');
      sockets.add(client);
      client.on('error', () => {});
      if (status !== 200) return void client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      const port = Number(request.url?.split(':').at(-1));
      const far = connect({ host: '127.0.0.1', port }, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        far.pipe(client);
        client.pipe(far);
      });
      far.on('error', () => client.destroy());
      sockets.add(far);
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    open.push({
      close: () =>
        new Promise((done) => {
          for (const socket of sockets) socket.destroy();
          proxy.close(() => done());
        }),
    });
    return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
  }

  it('that a backend names are asked to CONNECT, for http and https', async () => {
    const proxy = await startProxy();
    const secure = await startUpstream({ tls: certificate });
    secure.answer(json({ secure: true }));
    open.push(secure);
    const transport = make();
    const plain = routeOf({ proxy: proxy.url });
    expect(await reach(transport, `http://llm.example:${upstream.port}`, plain)).toBe('{"ok":1}');
    const own = routeOf({ proxy: proxy.url, tls: { ca: certificate.cert, cert: null, key: null } });
    expect(await reach(transport, `https://upstream.test:${secure.port}`, own)).toBe('{"secure":true}');
    expect(proxy.asked).toEqual([`llm.example:${upstream.port}`, `upstream.test:${secure.port}`]);
  });

  it('that refuse are an upstream that cannot be reached', async () => {
    const proxy = await startProxy(403);
    expect(await reach(make(), 'http://llm.example', routeOf({ proxy: proxy.url }))).toBe('upstream-connect');
  });

  it('of the environment are never used', async () => {
    const proxy = await startProxy();
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) vi.stubEnv(name, proxy.url);
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    expect(await reach(make(), `http://127.0.0.1:${upstream.port}`, routeOf())).toBe('{"ok":1}');
    expect(proxy.asked).toEqual([]);
  });
});

describe('redirects', () => {
  it('are answers like any other: nobody follows them', async () => {
    const other = await startUpstream();
    open.push(other);
    upstream.answer(json({}, { status: 302, headers: [`location: http://127.0.0.1:${other.port}/`] }));
    const origin = `http://127.0.0.1:${upstream.port}`;
    const permit = EgressPermit.mint('policy', origin, 'attempt', 'decision', routeOf());
    const seen = await observe(make(), requestTo(origin, { permit })).over;
    expect([seen.status, other.received.length]).toEqual([302, 0]);
  });
});
