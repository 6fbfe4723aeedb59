/** Opens sockets for one origin and says exactly which step failed: name, connection or TLS. */
import * as dns from 'node:dns';
import * as net from 'node:net';
import * as tls from 'node:tls';
import type { buildConnector } from 'undici';
import { failure, lateFailure } from '../failure.ts';
import { Alarm, type TimerWheel } from './timer-wheel.ts';

const KEEP_ALIVE_PROBE_MS = 60_000;

/** Resolves names as `dns.lookup` does. */
export type Lookup = net.LookupFunction;

/** What the sockets of one origin have in common. */
export interface ConnectorOptions {
  readonly wheel: TimerWheel;
  readonly lookup: Lookup | null;
  /** Certificates that are trusted besides the default ones, PEM. */
  readonly ca: readonly string[];
  /** The limit on name resolution, TCP and TLS together, ms; asked when a socket is opened. */
  connectMs(): number;
}

/** undici's way to open a socket. TLS 1.2 at least, always verified: no environment variable can switch that off. */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const trust = options.ca.length === 0 ? {} : { ca: [...tls.getCACertificates('default'), ...options.ca] };
  let session: Buffer | null = null;
  return (target, callback) => {
    const dial = new Dial(options, callback);
    const host = target.hostname;
    const lookup = dial.lookup;
    if (target.protocol !== 'https:') {
      const port = Number(target.port || 80);
      dial.follow(net.connect({ host, port, lookup }), 'connect');
      return;
    }
    const socket = tls.connect({
      ...trust,
      ...(session === null ? null : { session }),
      host,
      port: Number(target.port || 443),
      lookup,
      servername: net.isIP(host) === 0 ? host : '',
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
    });
    socket.on('session', (fresh: Buffer) => {
      session = fresh;
    });
    dial.follow(socket, 'secureConnect');
  };
}

/** One attempt to open a socket. */
class Dial extends Alarm {
  readonly #options: ConnectorOptions;
  #callback: buildConnector.Callback | null;
  #socket: net.Socket | null = null;
  #step: 'dns' | 'connect' | 'tls' = 'connect';

  constructor(options: ConnectorOptions, callback: buildConnector.Callback) {
    super();
    this.#options = options;
    this.#callback = callback;
  }

  /** Resolves as configured and notes that it was the name that failed. */
  readonly lookup: Lookup = (hostname, lookupOptions, done) => {
    this.#step = 'dns';
    (this.#options.lookup ?? dns.lookup)(hostname, lookupOptions, (error, address, family) => {
      if (error === null || error === undefined) this.#step = 'connect';
      done(error, address, family);
    });
  };

  follow(socket: net.Socket, ready: 'connect' | 'secureConnect'): void {
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
    socket.once(ready, () => {
      wheel.clear(this);
      this.#take()?.(null, socket);
    });
    // Stays for the life of the socket: undici has its own listener, this one keeps late errors from being unhandled.
    socket.on('error', (error) => this.#fail(failure(`upstream-${this.#step}`, 'connect', undefined, error)));
    socket.once('close', () => this.#fail(failure(`upstream-${this.#step}`, 'connect')));
  }

  ring(): void {
    this.#fail(lateFailure('connect'));
    this.#socket?.destroy();
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
