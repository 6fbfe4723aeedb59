/** What can be known of a policy before the first request: lints over every kind of request that it can tell apart. */
import type { ConfigFinding, WholeConfig } from '../src/core/config.ts';
import type { PolicySnapshot } from '../src/core/policy.ts';
import { aging } from './lints/aging.ts';
import { contradictory } from './lints/contradictory.ts';
import { idle } from './lints/idle.ts';
import { implied } from './lints/implied.ts';
import { redundancy } from './lints/redundancy.ts';
import { starved } from './lints/starved.ts';
import { unknownFacts } from './lints/unknown-facts.ts';
import { createWorld } from './lints/world.ts';

/**
 * Lints a compiled policy. Findings without a level are errors, which stop a load. That nobody may answer is not said where a
 * contradiction says why.
 * @param at wall clock, ms since the epoch
 */
export function lintPolicy(whole: WholeConfig, snapshot: PolicySnapshot, at: number): readonly ConfigFinding[] {
  const world = createWorld(whole, snapshot, at);
  const clashes = contradictory(world);
  return [
    ...clashes,
    ...(clashes.length > 0 ? [] : starved(world)),
    ...redundancy(world),
    ...idle(world),
    ...implied(world),
    ...unknownFacts(world),
    ...aging(world),
  ];
}
