/** Stored responses through the real worker in workerd: within one isolate the map is whole. */
import { nodeDigest } from '../../src/crypto/node/digest.ts';
import { describeStored } from '../e2e/stored-suite.ts';
import { startWorker } from './real-worker.ts';

describeStored('in workerd', (origin) =>
  startWorker(`backends:
  main: { provider: openai-responses, url: "${origin}/v1", model: some-model }
  claude: { provider: anthropic-compatible, url: "${origin}/v1", model: some-model }
  chat: { provider: openai-compatible, url: "${origin}/v1", model: some-model }
models:
  assistant: { backends: [main] }
  opus: { backends: [claude] }
  plain: { backends: [chat] }
keys:
  ann: { hash: "sha256:${nodeDigest.sha256('sk-ann')}" }
  bob: { hash: "sha256:${nodeDigest.sha256('sk-bob')}" }
`),
);
