/** The registry of judgements: what the entry points hand to the engine, the routes and the command line. */
export { plan } from './plan.ts';
export { recheck } from './recheck.ts';
export { explain } from './explain.ts';
export { witness } from './evidence/witness.ts';
export { createPolicyCheck } from './check.ts';
export { compilePolicy, PolicyCompileError, PICKERS, REQUEST_FILTERS, type PolicyInput } from './compile.ts';
export { permitProbe } from './probe.ts';
export { judgeGiven, type GivenRequest, type JudgedRequest } from './given.ts';
export { bearsOnPolicy } from './bearing.ts';
export { findFailedTests, runPolicyTests, type PolicyTestDifference, type PolicyTestResult } from './tests.ts';
export { lintPolicy } from './lint.ts';
export { PRICES } from './prices/score.ts';
