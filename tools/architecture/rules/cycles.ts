/** No module reaches itself, type imports included. */
import type { House, Rule } from '../rule.ts';

/** Import cycles, each reported once. */
export const cycleRule: Rule = {
  id: 'cycle',
  why: 'a module that needs itself cannot be read, tested or moved alone',
  check(house, report) {
    for (const cycle of findCycles(house)) report(cycle[0] ?? '', 0, `imports itself: ${cycle.join(' -> ')}`);
  },
};

/** Depth-first search: one path per back edge, from the module that closes the circle to itself. */
export function findCycles({ modules }: House): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (at: string): void => {
    const opened = path.indexOf(at);
    if (opened !== -1) {
      cycles.push([...path.slice(opened), at]);
      return;
    }
    if (done.has(at)) return;
    path.push(at);
    for (const { target } of modules.get(at)?.imports ?? []) if (target !== null && modules.has(target)) visit(target);
    path.pop();
    done.add(at);
  };
  for (const at of modules.keys()) visit(at);
  return cycles;
}
