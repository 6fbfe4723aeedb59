/** How long the lints of a policy take: 50 rules, 20 constraints, 32 backends, four labels, three tenants. */
import { cpus, loadavg } from 'node:os';
import { lintPolicy } from '../policies/index.ts';
import type { ConstraintConfig, RuleConfig } from '../src/core/config.ts';
import { aliasOf, backendsOf, policyOf, wholeOf, type BackendSketch } from '../test/unit/policies/scene.ts';

const RUNS = 15;
const COUNTRIES = ['DE', 'FR', 'IE', 'SE', 'NL', 'US', 'CA', 'GB'];
const CLASSES = ['PUBLIC', 'INTERNAL', 'CONFIDENTIAL', 'RESTRICTED'];
const LABELS = ['pii', 'phi', 'pci', 'secret'];
const TENANTS = ['bank', 'shop', 'clinic'];

const sketches = Array.from({ length: 32 }, (_, i): BackendSketch => ({
  facts: {
    'operator.country': COUNTRIES[(i + 3) % 8]!,
    'compute.countries': [COUNTRIES[i % 8]!],
    retention_days: i % 4 === 0 ? 30 : 0,
    trains_on_data: false,
    network: i % 5 === 0 ? 'perimeter' : 'public',
  },
}));
const constraints = Array.from({ length: 20 }, (_, i): ConstraintConfig => {
  const label = `"${LABELS[i % 4]}" in data.labels`;
  const when = [`data.class >= ${CLASSES[i % 4]}`, label, `key.tenant == "${TENANTS[i % 3]}" && ${label}`][i % 3]!;
  const require = [
    { 'compute.countries': { not_in: [COUNTRIES[i % 8]!, 'CN'] } },
    { retention_days: { max: 30 - (i % 4) } },
    { 'operator.country': { not_in: ['CN', 'RU', COUNTRIES[(i * 3) % 8]!] } },
  ][i % 3]!;
  return { id: `c${i}`, when, require };
});
const rules = Array.from({ length: 50 }, (_, i): RuleConfig => ({
  id: `r${i}`,
  match:
    i === 49
      ? 'true'
      : `data.class >= ${CLASSES[i % 4]} && request.headers["x-team"] == "t${i}" || "${LABELS[i % 4]}" in data.labels && "tools" in request.needs && request.stream`,
  attempts: { redundancy: { min: 2, distinct: 'operator.country' } },
}));
const backends = backendsOf(...sketches);
const sections = {
  backends,
  aliases: [0, 1, 2, 3].map((i) => aliasOf(backends.slice(i * 8, i * 8 + 8), 'cheapest', [], `m${i}`)),
  constraints,
  rules,
  keys: Object.fromEntries(TENANTS.map((tenant) => [tenant, { hash: `sha256:${tenant}`, tenant, permissions: [] }])),
};
const policy = policyOf(backends, sections);
const whole = wholeOf(sections);

const times: number[] = [];
let findings = 0;
for (let i = 0; i < RUNS; i++) {
  const start = performance.now();
  findings = lintPolicy(whole, policy, 0).length;
  times.push(performance.now() - start);
}
const first = times[0]!;
times.sort((a, b) => a - b);
console.log(`Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(2)}`);
console.log(
  `lint of 50 rules: first ${first.toFixed(1)} ms, median ${times[RUNS >> 1]!.toFixed(1)} ms (${findings} findings)`,
);
