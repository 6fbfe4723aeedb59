/** Prints what the test runner counted, from its JSON report: `node tools/ci/print-counts.ts report.json`. */
import { existsSync, readFileSync } from 'node:fs';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'numPassedTests' in value && 'testResults' in value;
}

/** The runner's report, or null when it left none. */
function readReport(path: string): Report | null {
  const report: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
  return isReport(report) ? report : null;
}

const report = readReport(process.argv[2] ?? '');
if (report === null) process.stdout.write('the test runner left no report\n');
// A file that cannot be loaded fails without a single test to count.
const broken =
  report?.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length ?? 0;
const passed = report?.numPassedTests ?? 0;
const failed = (report?.numFailedTests ?? 0) + broken;
process.stdout.write(`${report?.testResults.length ?? 0} test files, ${report?.numPendingTests ?? 0} tests skipped\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
