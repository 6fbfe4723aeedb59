/** How long one decision takes: the fast path, and 32 backends under 16 rules and 8 constraints. */
import { cpus, loadavg } from 'node:os';
import { seededRandom } from '../src/core/clock.ts';
import { viewOf } from '../src/core/headers.ts';
import { plan } from '../policies/index.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf, type BackendSketch } from '../test/unit/policies/scene.ts';

const WARM_UP = 20_000;
/** One decision each: timed in groups, a group would take the blame for every pause of a busy machine. */
const SAMPLES = 200_000;

interface Scene {
  readonly name: string;
  /** Returns a figure that must not be optimised away: the attempts of a plan. */
  readonly run: () => number;
}

function lonely(): Scene {
  const backends = backendsOf({});
  const alias = aliasOf(backends);
  const policy = policyOf(backends);
  const [facts, state, random] = [factsOf(alias), stateOf(1), seededRandom(1)];
  return { name: '1 backend, no constraint', run: () => plan(policy, facts, state, random).attempts.length };
}

function crowd(name: string, picker: 'ordered' | 'weighted' | 'cheapest', plainRules: boolean): Scene {
  const countries = ['DE', 'FR', 'US', 'CN', 'IE', 'SE', 'GB', 'PL'];
  const sketches = Array.from({ length: 32 }, (_, i): BackendSketch => ({
    facts: {
      'compute.countries': [countries[i % 8]!],
      'operator.country': countries[(i + 3) % 8]!,
      retention_days: i % 4 === 0 ? 30 : 0,
      trains_on_data: i % 16 === 0,
      ...(i % 5 === 0 ? {} : { network: 'private-link' }),
    },
    context: 8192 * (1 + (i % 8)),
    absent: i % 6 === 0 ? 1 : 0,
    price: { inputUsd: 0.1 + i / 10, outputUsd: i % 7 === 0 ? null : 1 + i / 10 },
  }));
  const backends = backendsOf(...sketches);
  const alias = aliasOf(backends, picker);
  const policy = policyOf(backends, {
    aliases: [alias],
    constraints: [
      { id: 'no-cn', require: { 'compute.countries': { not_in: ['CN'] } } },
      { id: 'no-training', require: { trains_on_data: false } },
      { id: 'short-retention', require: { retention_days: { max: 30 } } },
      { id: 'operators', require: { 'operator.country': { not_in: ['CN'] } } },
      { id: 'eea', when: 'request.headers["x-region"] == "eu"', require: { 'compute.countries': { subset: 'EEA' } } },
      { id: 'bank', when: 'key.tenant in ["bank", "insurer"]', require: { retention_days: 0 } },
      { id: 'long', when: 'request.tokens_in > 100000', require: { network: 'private-link' } },
      { id: 'tools', when: '"tools" in request.needs && request.stream', require: { network: 'private-link' } },
    ],
    rules: [
      ...Array.from({ length: 15 }, (_, i) => ({
        id: `rule-${i}`,
        match: plainRules
          ? `request.headers["x-priority"] == "p${i}" && request.tokens_in < ${1000 * (i + 1)}`
          : `request.model.size() == ${100 + i}`,
      })),
      { id: 'default', match: 'true' },
    ],
  });
  const headers = viewOf(['x-region', 'eu', 'x-priority', 'none', 'user-agent', 'bench']);
  const facts = factsOf(alias, { headers, needs: 1, stream: true, inputTokens: 900, tenant: 'bank' });
  const [state, random] = [stateOf(32, { 7: { breaker: 'open', probeAtTick: 5000 } }), seededRandom(1)];
  return { name, run: () => plan(policy, facts, state, random).attempts.length };
}

/** Arithmetic that allocates nothing, about as long as a decision: how far its p99 lies from its p50 is the machine's doing. */
function control(): Scene {
  let seed = 1;
  const work = (): number => {
    for (let i = 0; i < 400; i++) seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed & 1;
  };
  return { name: 'control: arithmetic, no allocation', run: work };
}

function measure({ name, run }: Scene): string {
  let kept = 0;
  for (let i = 0; i < WARM_UP; i++) kept += run();
  const samples = new Float64Array(SAMPLES);
  for (let i = 0; i < SAMPLES; i++) {
    const start = performance.now();
    kept += run();
    samples[i] = (performance.now() - start) * 1000;
  }
  samples.sort();
  const at = (share: number): string => samples[Math.floor(SAMPLES * share)]!.toFixed(2).padStart(8);
  return `${name.padEnd(48)} p50 ${at(0.5)} us   p90 ${at(0.9)} us   p99 ${at(0.99)} us   (${kept})`;
}

const scenes = [
  control(),
  lonely(),
  crowd('32 backends, 16 rules, 8 constraints, ordered', 'ordered', true),
  crowd('32 backends, 16 rules, 8 constraints, weighted', 'weighted', true),
  crowd('32 backends, 16 rules, 8 constraints, cheapest', 'cheapest', true),
  crowd('the same with rules that the library evaluates', 'ordered', false),
];
console.log(`Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(2)}`);
for (const scene of scenes) console.log(measure(scene));
