/** Whether the model that Thalweg brings along is there; tests that need it are skipped, with this reason, where it is not. */
import { existsSync } from 'node:fs';
import { HANDBOOK_FILE } from '../../src/embedded/node/handbook.ts';

/** True when its file is there. */
export const hasHandbook = existsSync(HANDBOOK_FILE);

if (!hasHandbook) console.log(`skipped what needs the handbook model: there is no ${HANDBOOK_FILE}`);
