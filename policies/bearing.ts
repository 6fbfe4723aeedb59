/** Which errors of a file leave its policy as it is meant, so that its tests and lints still say something. */
import type { ConfigPath } from '../src/core/config.ts';

/** What no decision that is asked for in outline depends on; `*` is any name. */
const ELSEWHERE: readonly (readonly string[])[] = [
  ...['evidence', 'telemetry', 'tests', 'trust'].map((name) => [name]),
  ...['admin', 'grace', 'hosts', 'limits', 'listen', 'open', 'origins', 'timeouts'].map((name) => ['gateway', name]),
  ...['key', 'proxy', 'timeouts', 'tls'].map((name) => ['backends', '*', name]),
];

/** True where an error may change what the policy decides. */
export function bearsOnPolicy(at: ConfigPath): boolean {
  return !ELSEWHERE.some((place) => place.every((step, i) => at[i] !== undefined && (step === '*' || step === at[i])));
}
