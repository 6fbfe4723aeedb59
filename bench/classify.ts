/** How long it takes to look at 32 KiB: each detector and the whole stage, on a conversation and on the worst texts that are known. */
import { cpus, loadavg } from 'node:os';
import type { Finding } from '../src/core/data-class.ts';
import { DETECTOR_IDS, DETECTORS } from '../policies/classify/detectors.ts';
import { Reading } from '../policies/classify/reading.ts';
import { ADVERSARIAL } from '../test/unit/policies/classify/adversarial.ts';
import { aliasOf, backendsOf, factsOf, policyOf } from '../test/unit/policies/scene.ts';

const SIZE = 32_768;
const RUNS = 100;

const PROSE =
  'Please call the office at noon about order 48213 of 2026-11-23; the parcel (7.5 kg) left at 09:14 for 20 Main Street. ';
const CODE = 'const total = items.reduce((sum, { price }) => sum + price * 1.19, 0); // see #1234\n';

const TEXTS: Readonly<Record<string, string>> = {
  prose: PROSE,
  code: CODE,
  json: JSON.stringify({
    id: 48213,
    name: 'parcel',
    at: '2026-11-23T09:14:00Z',
    items: [{ price: 19.99, tags: ['a', 'b'] }],
  }),
  umlauts: PROSE.replaceAll('o', 'ö'),
  digits: '1234567890',
  'nine digits': '123456782 ',
  cards: '4242 4242 4242 4242 ',
  ibans: 'DE89 ',
  addresses: 'jane.doe@example.com, ',
  ...Object.fromEntries(ADVERSARIAL.map((piece) => [JSON.stringify(piece.slice(0, 24)), piece])),
};

function added(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += bytes[i]!;
  return sum;
}

/** Microseconds, the best of all runs: other processes only ever slow one down. */
function fastest(run: () => void): number {
  let best = Infinity;
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best * 1000;
}

function fill(piece: string): string {
  return Buffer.from(piece.repeat(Math.ceil(SIZE / piece.length)).slice(0, SIZE), 'latin1').toString('latin1');
}

const policy = policyOf(backendsOf({}), {
  classify: [{ detect: [...DETECTOR_IDS], min: 'confidential', label: 'pii' }],
});
const facts = factsOf(aliasOf(backendsOf({})));

console.log(
  `${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]!.toFixed(2)}; microseconds per 32 KiB, the best of ${RUNS}`,
);
const bytes = new Uint8Array(SIZE).fill(1);
const control = fastest(() => void added(bytes));
console.log(`control: adding up ${SIZE} bytes takes ${control.toFixed(0)}`);
console.log(['text', 'stage', ...DETECTOR_IDS].join('\t'));
for (const [name, piece] of Object.entries(TEXTS)) {
  const text = fill(piece);
  const body = JSON.stringify({
    model: 'm',
    messages: text.match(/[^]{1,1024}/g)!.map((content) => ({ role: 'user', content })),
  });
  const out: Finding[] = [];
  const reading = new Reading(text);
  const each = DETECTOR_IDS.map((id) =>
    fastest(() => {
      out.length = 0;
      DETECTORS[id].inspect(text, '', out, reading);
    }),
  );
  const whole = fastest(() => void policy.classify!.classify(facts, () => body, false));
  console.log([name, ...[whole, ...each].map((us) => us.toFixed(0))].join('\t'));
}
