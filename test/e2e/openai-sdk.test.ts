/** The vendors' own SDKs as clients of a real gateway on Node, in front of a scripted upstream and of a second gateway. */
import type { WholeConfig } from '../../src/core/config.ts';
import { startUpstream } from '../faults/upstream.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { startGateway } from './real-gateway.ts';
import { describeSdks } from './sdk-suite.ts';

describeSdks('straight to the upstream', async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway(leadingTo(upstream.origin, 'some-model', 'some-model'));
  return { url: gateway.url, upstream, stop: async () => void (await gateway.stop(100), await upstream.close()) };
});

describeSdks('through a second gateway', async () => {
  const upstream = await startUpstream();
  const inner = await startGateway(leadingTo(upstream.origin, 'some-model', 'some-model'));
  const outer = await startGateway(leadingTo(inner.url, 'assistant', 'limited'));
  const stop = async (): Promise<void> => {
    await outer.stop(100);
    await inner.stop(100);
    await upstream.close();
  };
  return { url: outer.url, upstream, stop };
});

/** The two models of the suite over one origin, by the names that they have there. */
function leadingTo(origin: string, assistant: string, limited: string): WholeConfig {
  const url = `${origin}/v1`;
  return wholeConfig({
    backends: { up: backendAt(url, { model: assistant }), limited: backendAt(url, { model: limited }) },
    models: {
      assistant: { backends: [{ id: 'up', weight: 1 }], pick: 'ordered', answer: 'asked' },
      limited: { backends: [{ id: 'limited', weight: 1 }], pick: 'ordered', answer: 'asked' },
    },
  });
}
