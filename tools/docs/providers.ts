/** Prints `docs/providers.md` from the catalogue: `node tools/docs/providers.ts > docs/providers.md`. */
import { catalogue } from '../../providers/index.ts';
import type { Catalogue } from '../../src/core/catalogue.ts';
import type { Provider, SideService } from '../../src/core/provider.ts';

const KINDS: readonly (readonly [Provider['kind'], string])[] = [
  ['hosted', 'Hosted'],
  ['accelerator', 'On accelerators of their own'],
  ['self-hosted', 'On machines of your own'],
];

const SERVICES: Readonly<Record<SideService, string>> = {
  'count-tokens': 'counting tokens',
  compact: 'compacting',
  'stored-responses': 'stored responses',
  conversations: 'conversations',
};

/** The page: one section per kind, one entry per provider. */
export function renderProviders(rows: Catalogue): string {
  const sections = KINDS.map(([kind, title]) => {
    const entries = [...rows.values()].filter((row) => row.kind === kind).map(renderRow);
    return `## ${title}\n\n${entries.join('\n')}`;
  });
  const head = `# Providers

What \`provider:\` of a backend may say. Generated from \`providers/\` by \`tools/docs/providers.ts\`; a new vendor is a new file
there. Everything not listed is as the protocol says. A field that is not taken is left out with a loss that is named in the
answer; a renamed one is renamed in place.
`;
  return `${[head, ...sections].join('\n')}`;
}

function renderRow(row: Provider): string {
  const { unsupported = [], rename = {}, streamUsage, usageExcludesReasoning, toolCallId } = row.quirks ?? {};
  const renames = Object.entries(rename).map(([from, to]) => `${code(from)} → ${code(to)}`);
  const facts = [
    `Address: ${row.baseUrl === null ? 'none, `url` must be given' : code(row.baseUrl)}`,
    `Reasoning: ${renderReasoning(row)}`,
    ...(row.serves === undefined ? [] : [`Beside chat: ${row.serves.map((one) => SERVICES[one]).join(', ')}`]),
    ...(unsupported.length > 0 ? [`Not taken: ${unsupported.map(code).join(', ')}`] : []),
    ...(renames.length > 0 ? [`Renamed: ${renames.join(', ')}`] : []),
    ...(streamUsage === false ? ['Streams cannot be asked for their usage'] : []),
    ...(usageExcludesReasoning === true ? ['Reasoning is added to the output tokens, which leave it out'] : []),
    ...(toolCallId === undefined ? [] : [`Ids of tool calls match ${code(toolCallId)}`]),
    ...(row.onDisconnect === 'drain'
      ? ['When the client leaves, the answer is read to its end: an abort would not stop the bill']
      : []),
    `Source: <${row.docs}>`,
  ];
  return `### ${code(row.id)}\n\n${row.title}.\n\n${facts.map((fact) => `- ${fact}\n`).join('')}`;
}

function renderReasoning({ reasoning: { field, replay, control } }: Provider): string {
  const shown = field === null ? 'not in a field' : `in ${code(field)}`;
  const back = replay === 'field' ? ', sent back in history' : '';
  return `${shown}${back}, ${control === null ? 'not steered' : `steered by ${code(control)}`}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) process.stdout.write(renderProviders(catalogue));
