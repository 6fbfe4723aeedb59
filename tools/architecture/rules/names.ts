/** Names of files and folders. */
import type { Rule } from '../rule.ts';

const DRAWERS = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'shared', 'service', 'services', 'misc']);

/** No drawers: a helper lives with the noun that it serves. */
export const drawerRule: Rule = {
  id: 'drawer',
  why: 'a drawer collects what nobody placed',
  check({ modules }, report) {
    for (const { path } of modules.values()) {
      const names = path.split('/').map((part) => part.replace(/\..*$/, ''));
      const drawer = names.find((name) => DRAWERS.has(name)) ?? (path.endsWith('/types.ts') ? 'types.ts' : null);
      if (drawer !== null) report(path, 0, `${drawer} is a drawer; name the noun`);
    }
  },
};

/** Files and folders are kebab-case. */
export const kebabRule: Rule = {
  id: 'kebab-case',
  why: 'one spelling for every path on every file system',
  check({ modules }, report) {
    for (const { path } of modules.values()) {
      const odd = path.split('/').find((part) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(part));
      if (odd !== undefined) report(path, 0, `${odd} is not kebab-case`);
    }
  },
};
