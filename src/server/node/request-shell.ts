/** A Request that is made only when something asks for more than its method and URL, which routing does not. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { isHost } from '../head-rules.ts';

/** Stands for a host that cannot be put into a URL; the front door refuses the request, in its caller's protocol. */
const NO_HOST = 'host.invalid';

/** The Web form of an incoming message. Making a real Request costs as much as half of node:http's work for it. */
export class RequestShell implements Request {
  readonly method: string;
  readonly url: string;
  readonly #incoming: IncomingMessage;
  #real: Request | null = null;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
    this.method = incoming.method ?? 'GET';
    this.url = urlOf(incoming);
  }

  get #request(): Request {
    return (this.#real ??= makeRequest(this.#incoming, this.method, this.url));
  }

  get headers(): Headers {
    return this.#request.headers;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  get body(): Request['body'] {
    return this.#request.body;
  }

  get bodyUsed(): boolean {
    return this.#request.bodyUsed;
  }

  get cache(): Request['cache'] {
    return this.#request.cache;
  }

  get credentials(): Request['credentials'] {
    return this.#request.credentials;
  }

  get destination(): Request['destination'] {
    return this.#request.destination;
  }

  get duplex(): Request['duplex'] {
    return this.#request.duplex;
  }

  get integrity(): string {
    return this.#request.integrity;
  }

  get keepalive(): boolean {
    return this.#request.keepalive;
  }

  get mode(): Request['mode'] {
    return this.#request.mode;
  }

  get redirect(): Request['redirect'] {
    return this.#request.redirect;
  }

  get referrer(): string {
    return this.#request.referrer;
  }

  get referrerPolicy(): Request['referrerPolicy'] {
    return this.#request.referrerPolicy;
  }

  clone(): Request {
    return this.#request.clone();
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#request.arrayBuffer();
  }

  blob(): ReturnType<Request['blob']> {
    return this.#request.blob();
  }

  bytes(): ReturnType<Request['bytes']> {
    return this.#request.bytes();
  }

  formData(): ReturnType<Request['formData']> {
    return this.#request.formData();
  }

  json(): Promise<unknown> {
    return this.#request.json();
  }

  text(): Promise<string> {
    return this.#request.text();
  }

  textStream(): ReturnType<Request['textStream']> {
    return this.#request.textStream();
  }
}

// So that `instanceof Request` holds; every member above hides the one that would miss its internal slots.
Object.setPrototypeOf(RequestShell.prototype, Request.prototype);

/** Paths are not normalised: what does not match a route as it was written is not found. */
function urlOf(incoming: IncomingMessage): string {
  const target = incoming.url ?? '/';
  if (!target.startsWith('/')) return URL.parse(target)?.href ?? `http://${NO_HOST}/`;
  const { host } = incoming.headers;
  return `http://${host !== undefined && isHost(host) ? host : NO_HOST}${target}`;
}

function makeRequest(incoming: IncomingMessage, method: string, url: string): Request {
  const headers = new Headers();
  const raw = incoming.rawHeaders;
  for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i]!, raw[i + 1]!);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, {
    method,
    headers,
    ...(hasBody ? { body: Readable.toWeb(incoming), duplex: 'half' } : null),
  });
}
