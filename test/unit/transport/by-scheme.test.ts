/** The scheme of a URL chooses the transport, and closing reaches all of them. */
import { expect, it } from 'vitest';
import { EgressPermit } from '../../../src/core/egress.ts';
import type { Transport, UpstreamHandler, UpstreamRequest } from '../../../src/core/transport.ts';
import { transportByScheme } from '../../../src/transport/by-scheme.ts';

const HANDLER: UpstreamHandler = { head: () => {}, data: () => {}, end: () => {}, fail: () => {} };

function recording(name: string, said: string[]): Transport {
  return {
    open(request, handler) {
      said.push(`${name} ${request.url} ${handler === HANDLER}`);
      return { pause: () => {}, resume: () => {}, abort: () => {} };
    },
    close: async () => void said.push(`${name} closed`),
  };
}

function requestTo(url: string): UpstreamRequest {
  const limits = { connectMs: 1, headersMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 };
  const permit = EgressPermit.mint('policy', 'none:', 'attempt', 'decision');
  return { url, method: 'POST', headers: [], body: new Uint8Array(), limits, permit };
}

it('opens and closes by scheme', async () => {
  const said: string[] = [];
  const transport = transportByScheme({ 'embedded:': recording('inside', said) }, recording('outside', said));
  transport.open(requestTo('embedded:handbook/v1/models'), HANDLER);
  transport.open(requestTo('https://embedded.test/v1'), HANDLER);
  await transport.close();
  expect(said).toEqual([
    'inside embedded:handbook/v1/models true',
    'outside https://embedded.test/v1 true',
    'outside closed',
    'inside closed',
  ]);
});
