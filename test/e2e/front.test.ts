/** The front of a real gateway on Node. */
import { expect, it } from 'vitest';
import { startUpstream } from '../faults/upstream.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { describeFront, MODEL, ORIGIN } from './front-suite.ts';
import { startGateway } from './real-gateway.ts';

function configured(url: string, origins: readonly string[]) {
  const base = wholeConfig();
  return wholeConfig({
    gateway: { ...base.gateway, origins },
    backends: { up: backendAt(url, { model: 'some-model' }) },
    models: { [MODEL]: { backends: [{ id: 'up', weight: 1 }], pick: 'ordered', answer: 'asked' } },
  });
}

describeFront('on Node', async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway(configured(`${upstream.origin}/v1`, [ORIGIN]));
  return { url: gateway.url, upstream, stop: async () => void (await gateway.stop(100), await upstream.close()) };
});

it('knows no CORS where no origin is listed', async () => {
  const gateway = await startGateway(configured('http://127.0.0.1:9/v1', []));
  const headers = { origin: ORIGIN, 'access-control-request-method': 'POST' };
  for (const method of ['OPTIONS', 'GET']) {
    const answer = await fetch(`${gateway.url}/v1/models`, { method, headers });
    expect(answer.status).toBe(method === 'GET' ? 200 : 405);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control') || name === 'vary')).toEqual(
      [],
    );
  }
  await gateway.stop(100);
});
