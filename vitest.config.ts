/** How the test suite runs: every file under test/, offline and bounded in time. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    testTimeout: 15_000,
    hookTimeout: 30_000,
    teardownTimeout: 5_000,
    maxWorkers: 2,
    // Concurrent cases mostly wait: for stalls that they provoke, and for sockets.
    maxConcurrency: 16,
    // A busy machine is slow, not wrong.
    expect: { poll: { timeout: 10_000 } },
    restoreMocks: true,
  },
});
