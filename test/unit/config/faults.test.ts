/** A law of reports: whatever faults are put into a sound file, each is reported at its place and nothing else is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../providers/index.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { resolveSecret } from '../../../src/config/secret.ts';
import { proveOnNode, refusalOf } from '../../../src/node.ts';
import { createLanguage } from '../../../src/sections.ts';
import { portsOf } from './fixture.ts';

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;

const SOUND = `gateway: { listen: 127.0.0.1:8080, countries: [DE], grace: 20s }
zones:
  perimeter: { cidr: [10.20.0.0/16] }
  home: [DE, FR]
  north: [SE, FI]
backends:
  inside:
    provider: vllm
    url: "http://10.20.0.5:8000/v1"
    model: m
    context: 65536
    facts: { network: perimeter, compute.countries: [DE], retention_days: 0, trains_on_data: false, operator.country: DE }
  near:
    provider: openai-compatible
    url: "https://near.example/v1"
    model: m
    key: "\${NEAR_KEY}"
    facts: { compute.countries: [FR], retention_days: 20, trains_on_data: false, operator.country: FR }
  far: { provider: deepseek, model: deepseek-chat, key: "\${FAR_KEY}", facts: { retention_days: 30, trains_on_data: false } }
  spare: { provider: ollama, model: "*", facts: { compute.countries: [DE], retention_days: 0, trains_on_data: false, operator.country: DE } }
  signed:
    provider: sglang
    url: "http://127.0.0.1:9000/v1"
    model: m
    artifact: r1
    facts: { compute.countries: [DE], retention_days: 0, trains_on_data: false, operator.country: DE }
models:
  assistant: { backends: [inside, near] }
  coder: { backends: [near, { id: far, weight: 2 }], pick: weighted }
  "*": { backends: [spare, signed, inside, near, far] }
pools: { local: { backends: [inside], limit: 4, queue: { max_wait: 900ms } } }
defaults: { class: internal, scan: 1MiB }
classify:
  - { detect: [iban, card], min: confidential, label: pii }
  - { when: 'request.model == "assistant"', label: chat }
constraints:
  - { id: eea, when: '"pii" in data.labels', require: { compute.countries: { subset: EEA } } }
  - { id: north, when: 'request.user == "nils"', require: { compute.countries: { not_in: north } } }
  - { id: brief, require: { retention_days: { max: 31 } } }
  - { id: known, require: { retention_days: { max: 40 }, trains_on_data: false } }
  - { id: ours, when: "data.class >= RESTRICTED", require: { operator.country: { in: home } } }
  - { id: here, require: { gateway.countries: { subset: home } } }
rules:
  - { id: long, match: "request.tokens_in > 8000", attempts: { max: 2, deadline: 60s } }
  - { id: batch, match: 'request.user == "batch"', pick: cheapest, objective: { minimise: cost } }
  - { id: default, match: "true" }
tenants:
  acme: { constraints: [{ id: acme-brief, require: { retention_days: { max: 25 } } }] }
keys:
  app: { hash: "${hash('a')}", tenant: acme, permissions: [explain] }
  web: { hash: "${hash('b')}", models: [assistant] }
waivers:
  - { id: w1, constraint: brief, backends: [near], keys: [web], reason: move, approver: me, expires: 2099-01-31 }
  - { id: w2, constraint: eea, backends: [far], reason: move, approver: me, expires: 2099-02-28 }
trust:
  models:
    r1: { path: models/r1, signer: { key: r1.pub }, level: T1, lease: 70s }
telemetry: { log: info, metrics: true }
evidence: { decisions: refused }
tests:
  - { name: the first, given: { model: assistant }, expect: { first: inside, rule: default } }
  - { name: another, given: { model: coder, key: web, down: [far] }, expect: { not_eligible: [far], rule: default } }
`;

/** A fault: what is replaced by what, and which code is reported where the last text begins. */
interface Fault {
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly at: string;
  /** Of faults of one entry, or that speak of each other's names, only one is there. */
  readonly group?: string;
}

const fault = (code: string, from: string, to: string, at = to, group?: string): Fault => ({
  code,
  from,
  to,
  at,
  ...(group === undefined ? {} : { group }),
});

const FAULTS: readonly Fault[] = [
  fault('unknown-key', 'countries: [DE], grace', 'contries: [DE], grace'),
  fault('wrong-form', 'grace: 20s', 'grace: soon', 'soon'),
  fault('out-of-range', 'listen: 127.0.0.1:8080', 'listen: 127.0.0.1:80800', '127.0.0.1:80800'),
  fault('bad-range', '10.20.0.0/16', '10.20.0.7/16', '10.20.0.7/16', 'perimeter'),
  fault('missing-perimeter', '  perimeter: { cidr: [10.20.0.0/16] }\n', '', 'perimeter, compute', 'perimeter'),
  fault('outside-perimeter', 'http://10.20.0.5', 'http://10.21.0.5', '"http://10.21.0.5', 'perimeter'),
  fault('unknown-country', '[SE, FI]', '[SE, EL]', 'EL]', 'north'),
  fault('wrong-type', '[SE, FI]', '[SE, false]', 'false]', 'north'),
  fault('wrong-type', 'north: [SE, FI]', 'north: 7', '7\nbackends', 'north'),
  fault('unknown-country', 'home: [DE, FR]', 'home: [DE, fr]', 'fr]'),
  fault('wrong-type', 'context: 65536', 'context: many', 'many'),
  fault('missing-variable', '${NEAR_KEY}', '${NAER_KEY}', '${NAER_KEY}'),
  fault('bad-url', 'https://near', 'htps://near', '"htps://near'),
  fault('wrong-type', 'compute.countries: [FR]', 'compute.countries: FR', 'FR, retention'),
  fault('missing-key', ' key: "${FAR_KEY}",', '', 'far:', 'far'),
  fault('unknown-region', 'model: deepseek-chat,', 'region: us, model: deepseek-chat,', 'us, model'),
  fault('unknown-provider', 'provider: ollama', 'provider: olama', 'olama'),
  fault('unknown-key', 'model: "*", facts', 'modle: "*", facts', 'modle'),
  fault('unknown-artifact', 'artifact: r1', 'artifact: r2', 'r2'),
  fault('unknown-key', 'assistant: { backends', 'assistant: { bakends', 'bakends'),
  fault('unknown-backend', 'id: far, weight', 'id: fra, weight', '{ id: fra', 'coder'),
  fault('out-of-range', 'weight: 2', 'weight: 0', '0 }], pick', 'coder'),
  fault('unknown-value', 'pick: weighted', 'pick: wieghted', 'wieghted'),
  fault('unknown-backend', 'local: { backends: [inside]', 'local: { backends: [insde]', 'insde', 'pool'),
  fault('wrong-form', 'max_wait: 900ms', 'max_wait: 900 ms', '900 ms', 'pool'),
  fault('missing-field', ' limit: 4,', '', 'local:', 'pool'),
  fault('unknown-value', 'class: internal', 'class: internl', 'internl'),
  fault('unknown-value', 'detect: [iban, card]', 'detect: [iban, crad]', 'crad'),
  fault('circular-class', `'request.model == "assistant"'`, `'"pii" in data.labels && true'`),
  fault('unknown-zone', 'subset: EEA', 'subset: EAA', 'EAA'),
  fault('expression-unknown-name', 'request.user == "nils"', 'request.usr == "nils"', 'usr =='),
  fault('unknown-key', 'when: "data.class', 'whn: "data.class', 'whn'),
  fault('contradictory-constraints', 'retention_days: { max: 40 }', 'retention_days: { min: 40 }'),
  fault('duplicate-id', 'id: known', 'id: here', 'here, require: { gateway', 'ids'),
  fault('reserved-id', 'id: known', 'id: health', 'health', 'ids'),
  fault('wrong-type', '"request.tokens_in > 8000"', '8000', '8000, attempts', 'long'),
  fault('expression-type', '> 8000"', `> '8000'"`, `request.tokens_in > '8000'`, 'long'),
  fault('expression-syntax', '> 8000"', '> 8000 &&"', '", attempts', 'long'),
  fault('wrong-type', 'deadline: 60s', 'deadline: 60', '60 }', 'long'),
  fault('contradictory-rule', 'pick: cheapest', 'pick: sticky', 'sticky'),
  fault('missing-final-rule', 'match: "true" }', 'match: "request.stream" }', '{ id: default, match: "request', 'last'),
  fault('unknown-key', 'match: "true" }', 'mach: "true" }', 'mach', 'last'),
  fault('unknown-tenant', 'tenant: acme', 'tenant: acm', 'acm,'),
  fault('wrong-form', hash('b'), 'sha256:abc', '"sha256:abc'),
  fault('unknown-value', '[explain]', '[explian]', 'explian'),
  fault('unknown-constraint', 'constraint: brief', 'constraint: breif', 'breif'),
  fault('wrong-form', '2099-02-28', '2099-02-30', '2099-02-30'),
  fault('ambiguous-signer', '{ key: r1.pub }', '{ key: r1.pub, chain: [a.pem] }', 'signer:'),
  fault('unknown-value', 'level: T1', 'level: T9', 'T9'),
  fault('wrong-form', 'lease: 70s', 'lease: 70x', '70x'),
  fault('unknown-value', 'log: info', 'log: loud', 'loud'),
  fault('unknown-key', 'evidence:', 'evidnce:', 'evidnce'),
  fault('unknown-key', 'expect: { first: inside', 'expect: { frist: inside', 'frist'),
  fault('unknown-rule', 'rule: default } }\n  - { name: another', 'rule: defualt } }\n  - { name: another', 'defualt'),
  fault('unknown-backend', 'not_eligible: [far]', 'not_eligible: [fair]', 'fair'),
  fault('duplicate-key', 'metrics: true', 'metrics: true, metrics: false', 'metrics: false'),
  fault('unknown-key', 'zones:\n', 'plugins: {}\nzones:\n', 'plugins'),
];

const language = createLanguage(catalogue, () => Date.UTC(2026, 10, 24));
const ports = portsOf({ NEAR_KEY: 'sk-near', FAR_KEY: 'sk-far' });
const compile = { secret: (reference: string) => resolveSecret(reference, ports), priceBook: null };

/** Everything that is said of a text, as `line:column code`. */
function said(text: string): string[] {
  const loaded = loadConfig({ name: 'x', text }, language, ports);
  const findings: { line: number; column: number; code: string }[] = [];
  if (loaded.ok) proveOnNode(loaded, compile, (lints) => findings.push(...loaded.warnings, ...lints));
  else findings.push(...refusalOf(loaded, compile).findings);
  return findings.map(({ line, column, code }) => `${line}:${column} ${code}`).sort();
}

function placeOf(text: string, { code, at }: Fault): string {
  const before = text.slice(0, text.indexOf(at)).split('\n');
  return `${before.length}:${before.at(-1)!.length + 1} ${code}`;
}

function broken(faults: readonly Fault[]): string {
  return faults.reduce((text, { from, to }) => text.replace(from, () => to), SOUND);
}

describe('faults', () => {
  it('are put into a file in which nothing is wrong, each at one place', () => {
    expect(said(SOUND)).toEqual([]);
    for (const { from, at, ...one } of FAULTS) {
      expect([from, SOUND.split(from).length]).toEqual([from, 2]);
      expect([at, broken([{ from, at, ...one }]).split(at).length]).toEqual([at, 2]);
    }
  });

  it.each(FAULTS)('$code: $to', (one) => {
    const text = broken([one]);
    expect(said(text)).toEqual([placeOf(text, one)]);
  });

  it('are all reported at once, and nothing besides', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...FAULTS], { minLength: 2 }), (chosen) => {
        const groups = new Set<string>();
        const faults = chosen.filter(({ group }) => group === undefined || (!groups.has(group) && groups.add(group)));
        const text = broken(faults);
        expect(said(text)).toEqual(faults.map((one) => placeOf(text, one)).sort());
      }),
      { numRuns: 150 },
    );
  });

  it('never keep the rest of a file from being judged: whatever lines are taken out, put elsewhere or cut', () => {
    const edit = fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('out', 'twice', 'cut'));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const lines = SOUND.split('\n');
        for (const [from, to, how] of edits) {
          const line = lines[from % lines.length]!;
          if (how === 'twice') lines.splice(to % lines.length, 0, line);
          else lines.splice(from % lines.length, 1, ...(how === 'cut' ? [line.slice(0, to % (line.length + 1))] : []));
        }
        const loaded = loadConfig({ name: 'x', text: lines.join('\n') }, language, ports);
        if (loaded.ok) return;
        expect(refusalOf(loaded, compile).findings.filter(({ level }) => level === 'error')).not.toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
