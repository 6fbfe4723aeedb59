/** Tenants and waivers: they speak of what exists, and what has ended is said. */
import type { ConfigPath, ConfigReport, FactConfig, WaiverConfig, WholeConfig } from '../../src/core/config.ts';
import { endOfDay } from '../../src/core/units.ts';
import { checkIds } from './ids.ts';
import { checkName } from './unknown.ts';

/** Where tenants are listed, a misspelt one in a key would lose its constraints. */
export function checkTenants({ keys }: WholeConfig, report: ConfigReport): void {
  const names = report.names('tenants');
  if (names === null || names.length === 0) return;
  for (const [id, { tenant }] of Object.entries(keys ?? {})) {
    if (tenant !== undefined) checkName(['keys', id, 'tenant'], 'tenant', tenant, names, report);
  }
}

/** Checks every waiver. @param now ms since the epoch; null = not known, and nothing is said of what has ended */
export function checkWaivers(whole: WholeConfig, now: number | null, report: ConfigReport): void {
  const { waivers = [] } = whole;
  const constraints = allNames(
    report.names('constraints'),
    report.names('tenants', '*', 'constraints'),
    report.names('keys', '*', 'constraints'),
  );
  const tenants = allNames(report.names('tenants'), report.names('keys', '*', 'tenant'));
  checkIds(
    waivers.map(({ id }, i) => ({ id, at: ['waivers', i, 'id'] })),
    [],
    report,
  );
  for (const [i, waiver] of waivers.entries()) {
    const at = ['waivers', i];
    checkName([...at, 'constraint'], 'constraint', waiver.constraint, constraints, report);
    checkNames([...at, 'backends'], 'backend', waiver.backends, report.names('backends'), report);
    checkNames([...at, 'tenants'], 'tenant', waiver.tenants, tenants, report);
    checkNames([...at, 'keys'], 'key', waiver.keys, report.names('keys'), report);
    if (now !== null && now >= endOfDay(waiver.expires)) reportEnded([...at, 'expires'], waiver, report);
  }
}

/** Facts that no longer count: constraints treat them as unknown. */
export function checkEvidence({ backends }: WholeConfig, now: number | null, report: ConfigReport): void {
  if (now === null) return;
  for (const [id, { facts = {} }] of Object.entries(backends)) {
    for (const [key, fact] of Object.entries(facts)) {
      for (const { path, expires } of endsOf(fact)) {
        if (now < endOfDay(expires)) continue;
        report.add({
          at: ['backends', id, 'facts', key, ...path],
          level: 'warning',
          code: 'stale-evidence',
          message: `this ended on ${expires} and counts as unknown`,
          fix: 'renew it, or remove it',
        });
      }
    }
  }
}

function endsOf(fact: FactConfig): { path: ConfigPath; expires: string }[] {
  if (typeof fact !== 'object') return [];
  if (!('value' in fact)) return itemEnds(fact, []);
  const own = fact.expires === undefined ? [] : [{ path: ['expires'], expires: fact.expires }];
  return [...own, ...(typeof fact.value === 'object' ? itemEnds(fact.value, ['value']) : [])];
}

function itemEnds(
  items: readonly (string | { readonly expires?: string | undefined })[],
  path: ConfigPath,
): { path: ConfigPath; expires: string }[] {
  return items.flatMap((item, i) =>
    typeof item === 'object' && item.expires !== undefined
      ? [{ path: [...path, i, 'expires'], expires: item.expires }]
      : [],
  );
}

function checkNames(
  at: ConfigPath,
  kind: string,
  words: readonly string[] | undefined,
  names: readonly string[] | null,
  report: ConfigReport,
): void {
  for (const [i, word] of (words ?? []).entries()) checkName([...at, i], kind, word, names, report);
}

function allNames(...lists: readonly (readonly string[] | null)[]): readonly string[] | null {
  return lists.includes(null) ? null : [...new Set(lists.flatMap((list) => list ?? []))];
}

function reportEnded(at: ConfigPath, { id, constraint, expires }: WaiverConfig, report: ConfigReport): void {
  report.add({
    at,
    level: 'warning',
    code: 'expired-waiver',
    message: `the waiver "${id}" ended on ${expires}: "${constraint}" holds again`,
    fix: 'remove it, or have it approved again',
  });
}
