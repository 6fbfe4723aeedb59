/** Tests of the file: they speak of models, keys, rules and backends that exist. */
import type { ConfigPath, ConfigReport, PolicyTestConfig, WholeConfig } from '../../src/core/config.ts';
import { isGatewayError } from '../../src/core/gateway-error.ts';
import { PREFER_HEADER, readPreferHeaders } from '../../src/core/read-preference.ts';
import { DEFAULT_RULE_ID } from '../compile.ts';
import { checkName } from './unknown.ts';

/** Checks the references of every test; whether it passes is for `runPolicyTests`. */
export function checkTests(whole: WholeConfig, report: ConfigReport): void {
  const [backends, ids] = [report.names('backends'), report.names('rules')];
  const rules = ids?.length === 0 ? [DEFAULT_RULE_ID] : ids;
  for (const [i, { given, expect }] of whole.tests.entries()) {
    const checkWord = (
      at: ConfigPath,
      kind: string,
      word: string | undefined,
      names: readonly string[] | null,
    ): void => {
      if (word !== undefined) checkName(['tests', i, ...at], kind, word, names, report);
    };
    const checkBackends = (at: ConfigPath, words: readonly string[] = []): void => {
      for (const [k, word] of words.entries()) checkWord([...at, k], 'backend', word, backends);
    };
    checkPrefer(['tests', i, 'given', 'headers'], given.headers, report);
    checkWord(['given', 'key'], 'key', given.key, report.names('keys'));
    checkBackends(['given', 'down'], given.down);
    for (const [k, name] of (given.saturated ?? []).entries()) {
      checkWord(['given', 'saturated', k], 'pool', name, report.names('pools'));
    }
    for (const name of Object.keys(expect.denied ?? {}))
      checkWord(['expect', 'denied', name], 'backend', name, backends);
    checkWord(['expect', 'rule'], 'rule', expect.rule, rules);
    checkWord(['expect', 'first'], 'backend', expect.first, backends);
    checkBackends(['expect', 'eligible'], expect.eligible);
    checkBackends(['expect', 'not_eligible'], expect.not_eligible);
  }
}

/** Wishes for backends are read when the test runs. */
function checkPrefer(at: ConfigPath, headers: PolicyTestConfig['given']['headers'], report: ConfigReport): void {
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (name.toLowerCase() !== PREFER_HEADER) continue;
    try {
      readPreferHeaders(value, null);
    } catch (cause) {
      if (!isGatewayError(cause)) throw cause;
      const message = cause.message.replace(/\.$/, '');
      report.add({ at: [...at, name], code: 'bad-preference', message, fix: 'write it like order=a,b; ignore=c; zdr' });
    }
  }
}
