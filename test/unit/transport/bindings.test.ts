/** Private bindings: what names one goes over it and nothing else, what needs one and has none goes nowhere, and only workers have any. */
import { describe, expect, it, vi } from 'vitest';
import { sealBuiltConfig } from '../../../src/config/built.ts';
import type { BackendConfig } from '../../../src/core/config.ts';
import { EgressPermit } from '../../../src/core/egress.ts';
import type { EgressRoute } from '../../../src/core/egress-route.ts';
import type { Transport } from '../../../src/core/transport.ts';
import { createNodeTransport } from '../../../src/transport/node/index.ts';
import { BindingError, takeBindings } from '../../../src/transport/web/bindings.ts';
import { createWebTransport } from '../../../src/transport/web/index.ts';
import { createWorker } from '../../../src/worker.ts';
import { observe, requestTo } from '../../conformance/exchange-probe.ts';
import { realClock as clock } from '../../faults/real-clock.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';

const ORIGIN = 'http://llm.corp.example';
const ROUTE: EgressRoute = { terms: '', network: 'public', ranges: [], tls: null, proxy: null, binding: null };
const bound = (binding: string): EgressRoute => ({ ...ROUTE, network: 'perimeter', binding });

/** Says of itself who answered; `this` must be the service, as the runtime wants it. */
class Service {
  readonly #name: string;
  readonly asked: string[] = [];
  constructor(name: string) {
    this.#name = name;
  }
  async fetch(input: string | URL | Request): Promise<Response> {
    this.asked.push(input instanceof Request ? input.url : String(input));
    return new Response(this.#name);
  }
}

async function reach(transport: Transport, route: EgressRoute, allowed = ORIGIN): Promise<string> {
  const permit = EgressPermit.mint('policy', allowed, 'attempt', 'decision', route);
  const seen = await observe(transport, requestTo(ORIGIN, { permit })).over;
  return seen.error?.code ?? seen.text;
}

describe('a route over a binding', () => {
  const world = new Service('the world');
  const corp = new Service('corp');
  const env = { CORP: corp, OTHER: new Service('other'), KEY: 'sk-1' };
  const backends = [
    { id: 'a', egress: bound('CORP') },
    { id: 'b', egress: ROUTE },
  ];
  const make = (): Transport =>
    createWebTransport({
      clock,
      fetch: (input) => world.fetch(input instanceof Request ? input : String(input)),
      maxAnswerBytes: 1000,
      bindings: takeBindings(backends, env),
    });

  it('is served by it and by nothing else', async () => {
    expect(await reach(make(), bound('CORP'))).toBe('corp');
    expect(world.asked).toEqual([]);
    expect(await reach(make(), ROUTE)).toBe('the world');
    expect(corp.asked).toHaveLength(1);
  });

  it.each([
    ['a binding that no backend named', bound('OTHER')],
    ['a binding that is not there', bound('GONE')],
    ['a perimeter without one', { ...ROUTE, network: 'perimeter' as const }],
    ['certificates', { ...ROUTE, tls: { ca: null, cert: null, key: null } }],
    ['a proxy', { ...ROUTE, proxy: 'http://proxy.corp:3128' }],
  ])('opens nothing for %s', async (_what, route) => {
    expect(await reach(make(), route)).toBe('egress-denied');
  });

  it('needs a permit for the exact origin like any other', async () => {
    expect(await reach(make(), bound('CORP'), 'http://other.corp.example')).toBe('egress-denied');
  });

  it('leads nowhere on Node', async () => {
    const transport = createNodeTransport({ clock, maxAnswerBytes: 1000 });
    expect(await reach(transport, bound('CORP'))).toBe('egress-denied');
    await transport.close();
  });

  it.each([
    ['is not there', {}, /"a" is reached over the binding CORP, and there is no service/],
    ['is a text', { CORP: 'http://x' }, /no service or VPC service of that name/],
  ])('is refused at the start where it %s', (_what, given, message) => {
    expect(() => takeBindings(backends, given)).toThrow(BindingError);
    expect(() => takeBindings(backends, given)).toThrow(message);
  });

  it('is missed where a backend stands in the perimeter', () => {
    const inside = { id: 'c', egress: { ...ROUTE, network: 'perimeter' as const } };
    expect(() => takeBindings([inside], env)).toThrow(/"c" stands in the perimeter and names no binding/);
  });
});

describe('a worker', () => {
  const inside: BackendConfig = { ...backendAt(`${ORIGIN}/v1`), binding: 'CORP', facts: { network: 'perimeter' } };

  async function answerOf(up: BackendConfig, env: object): Promise<{ status: number; said: string }> {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const quiet = { log: 'off', metrics: false, content: 'never' } as const;
    const worker = createWorker(sealBuiltConfig(wholeConfig({ backends: { up }, telemetry: quiet })));
    const body = JSON.stringify({ model: 'some-model', messages: [{ role: 'user', content: 'Hi' }] });
    const headers = { 'content-type': 'application/json' };
    const request = new Request('https://gateway.test/v1/chat/completions', { method: 'POST', headers, body });
    const { status } = await worker.fetch(request, env, { waitUntil: () => {} });
    const lines = said.mock.calls.flat().join('\n');
    said.mockRestore();
    return { status, said: lines };
  }

  it('asks the service that is bound', async () => {
    const corp = new Service('{}');
    await answerOf(inside, { CORP: corp });
    expect(corp.asked[0]).toBe(`${ORIGIN}/v1/chat/completions`);
  });

  it('does not start where the configuration is for another', async () => {
    expect(await answerOf(inside, {})).toEqual({ status: 500, said: expect.stringContaining('start-failed') });
    const unbound = { ...inside, binding: undefined };
    expect(await answerOf(unbound, {})).toEqual({ status: 500, said: expect.stringContaining('names no binding') });
  });
});
