/** What the policy sections must agree on among themselves and with the rest of the file. */
import type { Catalogue } from '../src/core/catalogue.ts';
import type { ConfigCheck } from '../src/core/config.ts';
import { checkClasses } from './checks/classes.ts';
import { checkConstraints } from './checks/constraints.ts';
import { checkRules } from './checks/rules.ts';
import { checkTests } from './checks/tests.ts';
import { checkEvidence, checkTenants, checkWaivers } from './checks/waivers.ts';
import { checkZones } from './checks/zones.ts';

/**
 * The check of `zones`, `classify`, `constraints`, `tenants`, `waivers`, `rules` and `tests`.
 * @param catalogue what is known of providers without the file
 * @param now the wall clock, ms since the epoch; null = what has ended is not spoken of
 */
export function createPolicyCheck(catalogue: Catalogue, now: (() => number) | null): ConfigCheck {
  return (whole, report) => {
    const at = now === null ? null : now();
    checkZones(whole, report);
    checkClasses(whole, report);
    checkConstraints(whole, catalogue, report);
    checkTenants(whole, report);
    checkWaivers(whole, at, report);
    checkEvidence(whole, at, report);
    checkRules(whole, report);
    checkTests(whole, report);
  };
}
