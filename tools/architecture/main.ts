/** Prints what the architecture check found: `npm run check:architecture`. */
import { join } from 'node:path';
import { checkArchitecture } from './check.ts';
import { formatCounts, formatViolations } from './print.ts';
import { readDependencies, readSources } from './sources.ts';

const root = join(import.meta.dirname, '../..');
const { violations, counts } = checkArchitecture(readSources(root), readDependencies(root));
process.stdout.write(`${formatCounts(counts)}\n`);
process.stderr.write(formatViolations(violations));
process.exitCode = violations.length > 0 || counts.houseModules === 0 ? 1 : 0;
