/** Every KeyValue under the one suite. */
import { createMemoryStore } from '../../src/state/memory.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { keyValueSuite } from './key-value.ts';

keyValueSuite('memory', () => {
  const clock = createManualClock();
  return { store: createMemoryStore({ clock, maxEntries: 10_000 }), pass: (ms) => clock.advance(ms) };
});
