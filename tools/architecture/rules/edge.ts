/** What the worker loads, followed through every import that survives the build. */
import type { House, Rule } from '../rule.ts';
import { packageName } from './packages.ts';

const WORKER = 'src/worker.ts';
const HEAVY = new Set(['yaml', 'zod', 'undici', 'ioredis', 'commander', '@clack/prompts', '@hono/node-server']);

/** The worker reaches no YAML, no schemas, no configuration sections and no Node module but node:crypto. */
export const edgeRule: Rule = {
  id: 'edge',
  why: 'the worker gets validated JSON at build time and must stay small',
  check(house, report) {
    if (!house.modules.has(WORKER)) return;
    for (const path of reachable(house, WORKER)) {
      if (path === 'src/sections.ts') report(WORKER, 0, 'reaches src/sections.ts');
      for (const { specifier, line, target, typeOnly } of house.modules.get(path)?.imports ?? []) {
        if (typeOnly || target !== null) continue;
        const name = packageName(specifier);
        if (HEAVY.has(name) || (name.startsWith('node:') && name !== 'node:crypto')) {
          report(path, line, `the worker would load ${name}`);
        }
      }
    }
  },
};

function reachable({ modules }: House, from: string): Set<string> {
  const seen = new Set([from]);
  for (const path of seen) {
    for (const { target, typeOnly } of modules.get(path)?.imports ?? []) {
      if (!typeOnly && target !== null && modules.has(target)) seen.add(target);
    }
  }
  return seen;
}
