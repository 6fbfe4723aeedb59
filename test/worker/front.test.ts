/** The front of the real worker in workerd. */
import { describeFront, MODEL, ORIGIN } from '../e2e/front-suite.ts';
import { startUpstream } from '../faults/upstream.ts';
import { startWorker } from './real-worker.ts';

describeFront('in workerd', async () => {
  const upstream = await startUpstream();
  const worker = await startWorker(
    JSON.stringify({
      gateway: { open: true, origins: [ORIGIN] },
      backends: { up: { provider: 'openai-compatible', url: `${upstream.origin}/v1`, model: 'some-model' } },
      models: { [MODEL]: { backends: ['up'] } },
    }),
  );
  return { url: worker.url, upstream, stop: async () => void (await worker.stop(), await upstream.close()) };
});
