/** The entry point of a thread that hashes: one range after the other, telling how far it is. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type HashTask, RangeHasher } from './hash-range.ts';
import { failureOf, type HashMessage, type HashThreadStart } from './thread-messages.ts';

/** Bytes between two reports. */
const REPORT_BYTES = 16 << 20;

function serve(port: MessagePort, { bytesPerSecond, readsAhead }: HashThreadStart): void {
  const tell = (message: HashMessage): void => port.postMessage(message);
  let untold = 0;
  const hasher = new RangeHasher({ bytesPerSecond, signal: null, readsAhead });
  const onBytes = (bytes: number): void => {
    untold += bytes;
    if (untold < REPORT_BYTES && bytesPerSecond === null) return;
    tell({ type: 'bytes', bytes: untold });
    untold = 0;
  };
  port.on('message', async (task: HashTask) => {
    try {
      const sha256 = await hasher.hash(task, onBytes);
      tell({ type: 'bytes', bytes: untold });
      tell({ type: 'hashed', sha256 });
    } catch (error) {
      tell(failureOf(error));
    }
    untold = 0;
  });
}

const start: HashThreadStart = workerData;
if (parentPort !== null) serve(parentPort, start);
