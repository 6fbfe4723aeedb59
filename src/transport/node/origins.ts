/** The connection pools, one per exact origin and terms of the policy, and how a URL is split into origin and path. */
import { Pool } from 'undici';
import type { EgressRoute } from '../../core/egress-route.ts';
import { createConnector, type Lookup } from './connector.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** URLs whose origin is remembered: forgotten all at once when there are more, for some name what is stored somewhere. */
const MAX_PLACES = 4096;

/** Where a request goes. */
export interface Place {
  readonly origin: Origin;
  /** With the query. */
  readonly path: string;
}

/** One origin under the terms of one route; its pool is made when the first permitted request comes. */
export class Origin {
  /** Scheme, host and port in their one spelling, as `URL.origin` gives them. */
  readonly name: string;
  readonly #settings: OriginSettings;
  readonly #route: EgressRoute | null;
  #pool: Pool | null = null;
  #connectMs = 0;

  constructor(name: string, route: EgressRoute | null, settings: OriginSettings) {
    this.name = name;
    this.#route = route;
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
      connect: createConnector({ ...this.#settings, route: this.#route, connectMs: () => this.#connectMs }),
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
  readonly #places = new Map<string, Place>();
  readonly #byRoute = new WeakMap<EgressRoute, Map<string, Place>>();

  constructor(settings: OriginSettings) {
    this.#settings = settings;
  }

  /**
   * Where `url` leads, or null when that is not a plain http or https origin. Routes of other terms have pools of their own: no
   * connection that was opened for one serves another.
   */
  find(url: string, route: EgressRoute | null): Place | null {
    const places = route === null ? this.#places : this.#placesOf(route);
    const known = places.get(url);
    if (known !== undefined) return known;
    const cut = originLength(url);
    const origin = this.#originOf(url.slice(0, cut), route);
    if (origin === null) return null;
    const rest = url.slice(cut);
    const place = { origin, path: rest.startsWith('/') ? rest : `/${rest}` };
    if (places.size === MAX_PLACES) places.clear();
    places.set(url, place);
    return place;
  }

  #originOf(spelling: string, route: EgressRoute | null): Origin | null {
    // nothing is bound here, and nothing else may be used instead
    if (route !== null && route.binding !== null) return null;
    const url = URL.parse(spelling);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
    if (url.href !== `${url.origin}/`) return null;
    // terms are JSON and an origin has no line break: two different pairs never have one name
    const name = route === null ? url.origin : `${url.origin}\n${route.terms}`;
    let origin = this.#byName.get(name);
    if (origin === undefined) {
      origin = new Origin(url.origin, route, this.#settings);
      this.#byName.set(name, origin);
    }
    return origin;
  }

  #placesOf(route: EgressRoute): Map<string, Place> {
    let places = this.#byRoute.get(route);
    if (places === undefined) this.#byRoute.set(route, (places = new Map()));
    return places;
  }

  /** Closes every pool. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#byName.values(), (origin) => origin.close()));
  }
}

/** Length of the part of a URL that names the origin: up to the first `/`, `?` or `#` after `://`. */
function originLength(url: string): number {
  const start = url.indexOf('://') + 3;
  for (let i = start; i < url.length; i++) {
    const code = url.charCodeAt(i);
    if (code === 47 || code === 63 || code === 35) return i;
  }
  return url.length;
}
