/** Prints `docs/protocols.md` from the losses that our own fixtures show: `node tools/docs/protocols.ts > docs/protocols.md`. */
import { isJsonObject, type Json } from '../../src/core/json.ts';
import type { Loss } from '../../src/core/loss.ts';
import type { Frame } from '../../src/core/protocol.ts';
import {
  crossAnswer,
  crossRequest,
  crossStream,
  isTranslated,
  PAIRS,
  plainContext,
} from '../../test/conformance/crossing.ts';
import type { Pair } from '../../test/conformance/crossing.ts';
import { goldenCases } from '../../test/conformance/golden.ts';
import { materialOf } from '../../test/conformance/samples/of-pair.ts';
import { ANSWERED, ASKED, type Feature } from './pair-features.ts';

const NAMES: Readonly<Record<string, string>> = {
  'openai-chat': 'Chat Completions',
  'openai-responses': 'Responses',
  'anthropic-messages': 'Messages',
};

const HEAD = `# Client languages and upstream languages

Generated from the losses of the fixtures in \`test/conformance/samples\` and \`test/golden\` by
\`node tools/docs/protocols.ts > docs/protocols.md\`; do not edit.

A client may speak Chat Completions (\`/v1/chat/completions\`), Responses (\`/v1/responses\`) or Messages (\`/v1/messages\`), and so
may an upstream. That makes nine pairs.

**The same language on both sides** is the byte path: what the client sent is what the upstream gets, and the answer comes back byte for
byte. At most four things are changed in place, each named in the access log: the model's name in the request, the model's name in the
answer, \`stream_options.include_usage\` where a stream would not tell its usage, and fields that a vendor spells otherwise
(\`docs/providers.md\`). A vendor whose habits ask for more than that (reasoning between tags, ids of another form) is translated.

**Two languages** meet in the block model. What one says and the other cannot say is a *loss*: it is named in the answer's header
\`x-thalweg-lossy\`, and in the log. The setting \`lossy\` (for the gateway, or for a rule) says what happens then:

- \`allow\`: nothing more;
- \`warn\` (the default): the header names the fields;
- \`refuse\`: what of the request cannot be said ends it with the error \`translation-lossy\`, which names the fields; nothing is sent.

What is not a loss, since nobody misses it: positions, words that only have another spelling, ids of output items, what a response
object repeats of the request, and a vendor's own figures beside the counts of tokens (prices, timings).
`;

interface Observed {
  readonly pair: Pair;
  readonly asked: readonly Loss[];
  readonly answered: readonly Loss[];
}

/** Fields that fixtures make up to have something that nobody knows. */
const MADE_UP = /(^|\.)(x|vendor|vendor_field|index)$/;

function observe(pair: Pair): Observed {
  const { requests, answers, streams } = materialOf(pair);
  const asked = requests.flatMap(({ body }) => crossRequest(body, pair).losses);
  const answered = [
    ...answers.flatMap(({ body, from }) => crossAnswer(body, from, pair).losses),
    ...streams.flatMap(({ frames, from }) => crossStream(frames, from, pair).losses),
  ];
  const own = plainContext(pair.upstream);
  for (const { golden } of goldenCases(`${pair.client.id}-to-${pair.upstream.id}`)) {
    asked.push(...crossRequest(golden.client.request, pair).losses);
    const { answer, stream } = golden.upstream;
    if (answer !== undefined) answered.push(...crossAnswer(answer, own, pair).losses);
    if (stream !== undefined) answered.push(...crossStream(stream.map(frameOf), own, pair).losses);
  }
  return { pair, asked: asked.map(inGeneral).filter(isReal), answered: answered.map(inGeneral).filter(isReal) };
}

function frameOf(chunk: Json): Frame {
  return { event: null, data: isJsonObject(chunk) ? JSON.stringify(chunk) : String(chunk) };
}

/** A loss without the numbers and names of one fixture. */
function inGeneral({ field, kind, why }: Loss): Loss {
  return {
    field: field.replaceAll(/\[\d+\]/g, '[]'),
    kind,
    why: why
      .replace(/ has the tool .*/, ' has this tool.')
      .replace(/(: )?\b\d+ tokens/, '')
      .replaceAll(/openai-chat|openai-responses|anthropic-messages/g, (id) => NAMES[id] ?? id),
  };
}

function isReal({ field }: Loss): boolean {
  return !MADE_UP.test(field);
}

function overview(
  title: string,
  features: readonly Feature[],
  all: readonly Observed[],
  side: 'asked' | 'answered',
): string {
  const columns = all.map(({ pair }) =>
    side === 'asked'
      ? `${short(pair.client.id)} → ${short(pair.upstream.id)}`
      : `${short(pair.client.id)} ← ${short(pair.upstream.id)}`,
  );
  const rows = features.map(({ title: what, of, lost }) => {
    const cells = all.map(({ pair, [side]: losses }) => {
      const source = side === 'asked' ? pair.client.id : pair.upstream.id;
      return of.includes(source) ? verdict(losses.filter(({ field, why }) => lost.test(`${field}: ${why}`))) : '';
    });
    return `| ${[what, ...cells].join(' | ')} |`;
  });
  return [`| ${[title, ...columns].join(' | ')} |`, `|${' --- |'.repeat(columns.length + 1)}`, ...rows].join('\n');
}

function short(id: string): string {
  return (NAMES[id] ?? id).split(' ')[0] ?? id;
}

function verdict(losses: readonly Loss[]): string {
  if (losses.length === 0) return 'yes';
  return losses.some(({ kind }) => kind === 'dropped') ? '**no**' : 'changed';
}

/** The losses of one direction: each reason with the fields that it takes. */
function details(losses: readonly Loss[]): string {
  const byReason = new Map<string, Set<string>>();
  for (const { field, kind, why } of losses) {
    const reason = `${kind} | ${why}`;
    byReason.set(reason, (byReason.get(reason) ?? new Set()).add(`\`${field}\``));
  }
  const rows = [...byReason].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) return 'Nothing.';
  const lines = rows.map(([reason, fields]) => `| ${reason} | ${[...fields].toSorted().join(', ')} |`);
  return ['| what happens | why | fields |', '| --- | --- | --- |', ...lines].join('\n');
}

function section({ pair: { client, upstream }, asked, answered }: Observed): string {
  const [from, to] = [NAMES[client.id] ?? client.id, NAMES[upstream.id] ?? upstream.id];
  return [
    `## ${from} client, ${to} upstream`,
    `Of the request:`,
    details(asked),
    `Of the answer:`,
    details(answered),
  ].join('\n\n');
}

/** The whole page. */
export function renderProtocols(): string {
  const all = PAIRS.filter(isTranslated).map(observe);
  return `${[
    HEAD.trimEnd(),
    '## At a glance',
    'The client stands first; `yes` is carried whole, `changed` is said in other words, **no** is lost and named; empty where the speaker has no such thing.',
    overview('a client asks', ASKED, all, 'asked'),
    overview('an upstream answers', ANSWERED, all, 'answered'),
    ...all.map(section),
  ].join('\n\n')}\n`;
}

if (import.meta.main) process.stdout.write(renderProtocols());
