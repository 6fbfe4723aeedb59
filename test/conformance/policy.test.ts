/** Every filter, price and picker of the house against the suite. */
import type { RequestFacts } from '../../src/core/policy.ts';
import { compileExpression } from '../../policies/expressions.ts';
import { capability } from '../../policies/filters/capability.ts';
import { contextWindow } from '../../policies/filters/context-window.ts';
import { health } from '../../policies/filters/health.ts';
import { sovereigntyFilter } from '../../policies/filters/sovereignty.ts';
import { PICKERS, PRICES } from '../../policies/index.ts';
import { zonesOf } from '../../policies/zones.ts';
import { aliasOf, backendsOf, factsOf, stateOf } from '../unit/policies/scene.ts';
import { describeFilter, describePicker, describePrice, type PolicyScene } from './policy.ts';

const backends = backendsOf(
  { facts: { 'compute.countries': ['DE'], retention_days: 0 }, price: { inputUsd: 1, outputUsd: 2 } },
  { facts: { 'compute.countries': ['US', 'DE'] }, absent: 3, context: 500, price: { inputUsd: 1 } },
  { facts: {}, context: 100_000, price: { inputUsd: 0, outputUsd: 0 } },
  {},
);
const alias = aliasOf(backends, 'ordered', [1, 5, 0.5, 2]);
const scene = (own: Partial<RequestFacts>): PolicyScene => ({
  candidates: alias.candidates,
  facts: factsOf(alias, own),
  state: stateOf(4, {
    1: { breaker: 'open', probeAtTick: 2000 },
    2: { breaker: 'half-open', probing: true },
    3: { parkedUntilTick: 1001, parkedBecause: 'auth' },
  }),
});
const scenes = [
  scene({}),
  scene({ needs: 1, inputTokens: 501 }),
  scene({ needs: 1024, maxOutputTokens: 5000, tenant: 'bank' }),
];

const zones = zonesOf({});
const placed = { id: 'eea', require: { 'compute.countries': { subset: 'EEA' } } };
const { expression } = compileExpression('key.tenant == "bank"');

describeFilter('capability', capability, scenes);
describeFilter('context-window', contextWindow, scenes);
describeFilter('health', health, scenes);
describeFilter('sovereignty', sovereigntyFilter(placed, null, zones, backends), scenes);
describeFilter('sovereignty with a condition', sovereigntyFilter(placed, expression, zones, backends), scenes);
describeFilter('sovereignty over backends it was not made for', sovereigntyFilter(placed, null, zones, []), scenes);
for (const price of PRICES) describePrice(price, scenes);
for (const { picker } of Object.values(PICKERS)) describePicker(picker, scenes);
