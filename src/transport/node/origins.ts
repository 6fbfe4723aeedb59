/** The connection pools, one per exact origin, and how a URL is split into origin and path. */
import { Pool } from 'undici';
import { createConnector, type Lookup } from './connector.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** Spellings of origins that are remembered; more than a configuration has backends. */
const MAX_SPELLINGS = 4096;

/** One origin; its pool is made when the first permitted request comes. */
export class Origin {
  /** Scheme, host and port in their one spelling, as `URL.origin` gives them. */
  readonly name: string;
  readonly #settings: OriginSettings;
  #pool: Pool | null = null;
  #connectMs = 0;

  constructor(name: string, settings: OriginSettings) {
    this.name = name;
    this.#settings = settings;
  }

  /** The pool; sockets that are opened from now on have `connectMs` to connect. */
  pool(connectMs: number): Pool {
    this.#connectMs = connectMs;
    this.#pool ??= new Pool(this.name, {
      connections: this.#settings.connections,
      pipelining: 1,
      allowH2: false,
      useMilo: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: this.#settings.maxHeaderBytes,
      connect: createConnector({ ...this.#settings, connectMs: () => this.#connectMs }),
    });
    return this.#pool;
  }

  /** Closes idle connections at once, running ones when they are done. */
  async close(): Promise<void> {
    await this.#pool?.close();
  }
}

/** What all origins have in common. */
export interface OriginSettings {
  readonly wheel: TimerWheel;
  readonly lookup: Lookup | null;
  readonly ca: readonly string[];
  readonly connections: number;
  readonly maxHeaderBytes: number;
}

/** All origins that were asked for. */
export class Origins {
  readonly #settings: OriginSettings;
  readonly #byName = new Map<string, Origin>();
  readonly #bySpelling = new Map<string, Origin>();

  constructor(settings: OriginSettings) {
    this.#settings = settings;
  }

  /** The origin written as `spelling` (a URL up to its path), or null when that is not a plain http or https origin. */
  find(spelling: string): Origin | null {
    const known = this.#bySpelling.get(spelling);
    if (known !== undefined) return known;
    const url = URL.parse(spelling);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
    if (url.href !== `${url.origin}/`) return null;
    let origin = this.#byName.get(url.origin);
    if (origin === undefined) {
      origin = new Origin(url.origin, this.#settings);
      this.#byName.set(url.origin, origin);
    }
    if (this.#bySpelling.size < MAX_SPELLINGS) this.#bySpelling.set(spelling, origin);
    return origin;
  }

  /** Closes every pool. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#byName.values(), (origin) => origin.close()));
  }
}

/** Length of the part of a URL that names the origin: up to the first `/`, `?` or `#` after `://`. */
export function originLength(url: string): number {
  const start = url.indexOf('://') + 3;
  for (let i = start; i < url.length; i++) {
    const code = url.charCodeAt(i);
    if (code === 47 || code === 63 || code === 35) return i;
  }
  return url.length;
}
