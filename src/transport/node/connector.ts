/** Opens sockets for one origin, to no address that its route does not admit, and says exactly which step failed. */
import * as dns from 'node:dns';
import * as net from 'node:net';
import * as tls from 'node:tls';
import type { buildConnector } from 'undici';
import { allowsAddress, type EgressRoute } from '../../core/egress-route.ts';
import { parseIp } from '../../core/ip-address.ts';
import { failure, lateFailure } from '../failure.ts';
import { Alarm, type TimerWheel } from './timer-wheel.ts';
import { openTunnel } from './tunnel.ts';

const KEEP_ALIVE_PROBE_MS = 60_000;

/** Resolves names as `dns.lookup` does. */
export type Lookup = net.LookupFunction;

/** What the sockets of one origin have in common. */
export interface ConnectorOptions {
  readonly wheel: TimerWheel;
  readonly lookup: Lookup | null;
  /** Certificates that are trusted besides the default ones, PEM. */
  readonly ca: readonly string[];
  /** The terms of the policy; null = the origin alone is checked. */
  readonly route: EgressRoute | null;
  /** The limit on name resolution, TCP and TLS together, ms; asked when a socket is opened. */
  connectMs(): number;
}

/** undici's way to open a socket. TLS 1.2 at least, always verified: no environment variable can switch that off. */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { route } = options;
  const trust = trustOf(options);
  let session: Buffer | null = null;
  const secure = (host: string): tls.ConnectionOptions => ({
    ...trust,
    ...(session === null ? null : { session }),
    servername: net.isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  });
  const keep = (socket: tls.TLSSocket): tls.TLSSocket =>
    socket.on('session', (fresh: Buffer) => {
      session = fresh;
    });
  return (target, callback) => {
    const host = target.hostname;
    const isSecure = target.protocol === 'https:';
    const port = Number(target.port || (isSecure ? 443 : 80));
    const dial = new Dial(options, host, callback);
    if (!dial.isOpen) return;
    if (route?.proxy != null) {
      const raw = openTunnel(route.proxy, host, port, {
        opened: (socket) =>
          isSecure ? dial.encrypt(keep(tls.connect({ ...secure(host), socket }))) : dial.ready(socket),
        refused: (cause) => dial.refuse(cause),
      });
      return dial.follow(raw, null);
    }
    const { lookup } = dial;
    if (isSecure) dial.follow(keep(tls.connect({ ...secure(host), host, port, lookup })), 'secureConnect');
    else dial.follow(net.connect({ host, port, lookup }), 'connect');
  };
}

/** The authorities of the route alone where it names some. */
function trustOf({ ca, route }: ConnectorOptions): tls.ConnectionOptions {
  const { tls: own = null } = route ?? {};
  const roots = own?.ca ?? (ca.length === 0 ? null : [...tls.getCACertificates('default'), ...ca]);
  return {
    ...(roots === null ? null : { ca: typeof roots === 'string' ? roots : [...roots] }),
    ...(own?.cert == null || own.key === null ? null : { cert: own.cert, key: own.key.reveal() }),
  };
}

/** One attempt to open a socket. */
class Dial extends Alarm {
  readonly #options: ConnectorOptions;
  readonly #host: string;
  #callback: buildConnector.Callback | null;
  #socket: net.Socket | null = null;
  #step: 'dns' | 'connect' | 'tls' = 'connect';

  constructor(options: ConnectorOptions, host: string, callback: buildConnector.Callback) {
    super();
    this.#options = options;
    this.#host = host;
    this.#callback = callback;
    // a literal never comes to the lookup
    const literal = host.replace(/^\[|\]$/g, '');
    if (net.isIP(literal) !== 0 && !this.#admits(literal)) this.#deny();
  }

  /** False when the address was refused before anything was opened. */
  get isOpen(): boolean {
    return this.#callback !== null;
  }

  /** Resolves as configured and notes that it was the name that failed. One address that is not admitted refuses them all. */
  readonly lookup: Lookup = (hostname, lookupOptions, done) => {
    this.#step = 'dns';
    (this.#options.lookup ?? dns.lookup)(hostname, lookupOptions, (error, address, family) => {
      if (error !== null && error !== undefined) return done(error, address, family);
      this.#step = 'connect';
      const found = typeof address === 'string' ? [address] : address.map((one) => one.address);
      if (found.every((one) => this.#admits(one))) return done(null, address, family);
      this.#deny();
      done(new Error('The address is not admitted.'), address, family);
    });
  };

  /** @param ready the event after which the socket can be used; null = `ready` or `encrypt` will be called */
  follow(socket: net.Socket, ready: 'connect' | 'secureConnect' | null): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
    const { wheel } = this.#options;
    wheel.set(this, wheel.now + this.#options.connectMs());
    if (ready === 'secureConnect') {
      socket.once('connect', () => {
        this.#step = 'tls';
      });
    }
    if (ready !== null) socket.once(ready, () => this.#reached(socket));
    this.#listen(socket);
  }

  /** TLS over a tunnel. */
  encrypt(socket: tls.TLSSocket): void {
    this.#step = 'tls';
    this.#listen(socket);
    socket.once('secureConnect', () => this.ready(socket));
  }

  /** The socket can be used. */
  ready(socket: net.Socket): void {
    this.#options.wheel.clear(this);
    this.#take()?.(null, socket);
  }

  /** The proxy did not open a way. */
  refuse(cause: Error): void {
    this.#fail(failure('upstream-connect', 'connect', undefined, cause));
  }

  ring(): void {
    this.#fail(lateFailure('connect'));
    this.#socket?.destroy();
  }

  /** Connected: the far end must be one of the admitted addresses, whatever the resolver said. */
  #reached(socket: net.Socket): void {
    if (socket.remoteAddress !== undefined && this.#admits(socket.remoteAddress)) return this.ready(socket);
    this.#deny();
    socket.destroy();
  }

  #admits(address: string): boolean {
    const { route } = this.#options;
    return route === null || route.proxy !== null || allowsAddress(route, this.#host, parseIp(address));
  }

  #deny(): void {
    this.#fail(failure('egress-denied', 'connect', 'The address of the upstream is not one that the policy admits.'));
  }

  /** Stays for the life of the socket: undici has its own listener, this one keeps late errors from being unhandled. */
  #listen(socket: net.Socket): void {
    socket.on('error', (error) => this.#fail(failure(`upstream-${this.#step}`, 'connect', undefined, error)));
    socket.once('close', () => this.#fail(failure(`upstream-${this.#step}`, 'connect')));
  }

  #fail(error: Error): void {
    this.#options.wheel.clear(this);
    this.#take()?.(error, null);
  }

  #take(): buildConnector.Callback | null {
    const callback = this.#callback;
    this.#callback = null;
    return callback;
  }
}
