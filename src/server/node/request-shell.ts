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
  #headers: Headers | null = null;
  #signal: AbortSignal | null = null;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
    this.method = incoming.method ?? 'GET';
    this.url = urlOf(incoming);
  }

  /** Takes the body of the incoming message for itself, so nothing but the members that need it may come here. */
  get #request(): Request {
    return (this.#real ??= makeRequest(this.#incoming, this));
  }

  get headers(): Headers {
    return (this.#headers ??= headersOf(this.#incoming));
  }

  /** Aborts when the connection closes. */
  get signal(): AbortSignal {
    return (this.#signal ??= signalOf(this.#incoming));
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

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
  return headers;
}

function signalOf({ socket }: IncomingMessage): AbortSignal {
  const controller = new AbortController();
  socket.once('close', () => controller.abort());
  return controller.signal;
}

function makeRequest(incoming: IncomingMessage, { method, url, headers, signal }: RequestShell): Request {
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? { body: Readable.toWeb(incoming), duplex: 'half' as const } : null;
  return new Request(url, { method, headers, signal, ...body });
}
