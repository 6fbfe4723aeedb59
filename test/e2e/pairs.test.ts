/** All pairs of SDK and upstream language against a real gateway on Node. */
import { startUpstream } from '../faults/upstream.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { modelsOfPairs } from './pairs-setting.ts';
import { describePairs } from './pairs-suite.ts';
import { startGateway } from './real-gateway.ts';

describePairs('against Node', async () => {
  const upstream = await startUpstream();
  const models = modelsOfPairs();
  const gateway = await startGateway(
    wholeConfig({
      backends: Object.fromEntries(
        models.map(({ name, provider }) => [
          name,
          backendAt(`${upstream.origin}/v1`, { provider, model: 'some-model', key: 'sk-up' }),
        ]),
      ),
      models: Object.fromEntries(
        models.map(({ name }) => [name, { backends: [{ id: name, weight: 1 }], pick: 'ordered', answer: 'asked' }]),
      ),
    }),
  );
  return { url: gateway.url, upstream, stop: async () => void (await gateway.stop(100), await upstream.close()) };
});
