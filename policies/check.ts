/** What the policy sections must agree on among themselves and with the rest of the file. */
import type { ConfigCheck } from '../src/core/config.ts';
import { checkClasses } from './checks/classes.ts';
import { checkConstraints } from './checks/constraints.ts';
import { checkRules } from './checks/rules.ts';
import { checkTests } from './checks/tests.ts';
import { checkZones } from './checks/zones.ts';

/** The check of `zones`, `classify`, `constraints`, `rules` and `tests`. */
export const checkPolicies: ConfigCheck = (whole, report) => {
  checkZones(whole, report);
  checkClasses(whole, report);
  checkConstraints(whole, report);
  checkRules(whole, report);
  checkTests(whole, report);
};
