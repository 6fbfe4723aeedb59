/** A million random requests under thousands of random files, each decision held to a naive reading of the file: violations must be 0. */
import { countViolations } from '../test/unit/policies/random-world.ts';

const REQUESTS = 1_000_000;
const PER_FILE = 250;

const start = performance.now();
const { attempts, refusals, violations, first } = countViolations(REQUESTS, PER_FILE, 1);
const seconds = ((performance.now() - start) / 1000).toFixed(0);
console.log(
  `${REQUESTS} requests under ${REQUESTS / PER_FILE} files: ${attempts} attempts planned, ${refusals} refused, ${violations} violations (${seconds} s)`,
);
if (first !== null) {
  console.log(first);
  process.exitCode = 1;
}
