/** The vendors' own SDKs as clients of the real worker in workerd, in front of a scripted upstream. */
import { describeSdks } from '../e2e/sdk-suite.ts';
import { startUpstream } from '../faults/upstream.ts';
import { startWorker } from './real-worker.ts';

describeSdks('against workerd', async () => {
  const upstream = await startUpstream();
  const worker = await startWorker(`gateway: { open: true }
backends:
  up: { provider: openai-compatible, url: "${upstream.origin}/v1", model: some-model }
  limited: { provider: openai-compatible, url: "${upstream.origin}/v1", model: some-model }
models:
  assistant: { backends: [up] }
  limited: { backends: [limited] }
`);
  return { url: worker.url, upstream, stop: async () => void (await worker.stop(), await upstream.close()) };
});
