/** All pairs of SDK and upstream language against the real worker in workerd. */
import { modelsOfPairs } from '../e2e/pairs-setting.ts';
import { describePairs } from '../e2e/pairs-suite.ts';
import { startUpstream } from '../faults/upstream.ts';
import { startWorker } from './real-worker.ts';

describePairs('against workerd', async () => {
  const upstream = await startUpstream();
  const models = modelsOfPairs();
  const worker = await startWorker(
    JSON.stringify({
      gateway: { open: true },
      backends: Object.fromEntries(
        models.map(({ name, provider }) => [name, { provider, url: `${upstream.origin}/v1`, model: 'some-model' }]),
      ),
      models: Object.fromEntries(models.map(({ name }) => [name, { backends: [name] }])),
    }),
  );
  return { url: worker.url, upstream, stop: async () => void (await worker.stop(), await upstream.close()) };
});
