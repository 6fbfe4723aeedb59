/** The entry point of a thread that inspects one model and ends: whatever a file makes of it, the gateway goes on. */
import { readSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { ByteSource } from '../../artifact/byte-source.ts';
import { createInspector, type Inspection } from '../../artifact/inspect.ts';
import { nodeDigest } from '../../crypto/node/digest.ts';
import { checkStamp } from './list-model.ts';
import { ModelReadError } from './model-read-error.ts';
import { openBeneath } from './open-beneath.ts';
import { failureOf, type InspectMessage, type InspectThreadStart } from './thread-messages.ts';

/** The bytes behind an open descriptor. */
function descriptorSource(descriptor: number, size: number, name: string): ByteSource {
  return {
    size,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const read = readSync(descriptor, bytes, done, length - done, offset + done);
        if (read === 0) throw new ModelReadError('changed-during-hash', name, 'became shorter while it was inspected');
        done += read;
      }
      return bytes;
    },
  };
}

async function inspect({ tree, policy }: InspectThreadStart): Promise<Inspection> {
  const inspector = createInspector(policy, nodeDigest);
  for (const file of tree.files) {
    const handle = await openBeneath(tree.root, file.place);
    try {
      await checkStamp(handle, file);
      inspector.add(file.name, descriptorSource(handle.fd, file.size, file.name));
      await checkStamp(handle, file);
    } finally {
      await handle.close();
    }
  }
  return inspector.finish();
}

async function answer(port: MessagePort, start: InspectThreadStart): Promise<void> {
  let message: InspectMessage;
  try {
    message = { type: 'inspected', inspection: await inspect(start) };
  } catch (error) {
    message = failureOf(error);
  }
  port.postMessage(message);
}

const start: InspectThreadStart = workerData;
if (parentPort !== null) await answer(parentPort, start);
