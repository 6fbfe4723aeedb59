/** Prints `docs/providers.md` from the catalogue: `node tools/docs/providers.ts > docs/providers.md`. */
import { catalogue } from '../../providers/index.ts';
import type { Catalogue } from '../../src/core/catalogue.ts';
import type { ReasoningDialect, Setting } from '../../src/core/protocol.ts';
import type { PlaceFacts, ProviderPlace, ProviderRegion, RegionSelector } from '../../src/core/provider-place.ts';
import type { ModelHabits, Provider, Quirks, SideService } from '../../src/core/provider.ts';

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
there. Everything not listed is as the protocol says; of the lines for single models the first that fits holds. A field that is
not taken is left out with a loss that is named in the answer; a renamed one is renamed in place.
`;
  return `${[head, ...sections].join('\n')}`;
}

function renderRow(row: Provider): string {
  const { unsupported = [], rename = {}, streamUsage, usageExcludesReasoning, toolCallId } = row.quirks ?? {};
  const renames = Object.entries(rename).map(([from, to]) => `${code(from)} → ${code(to)}`);
  const facts = [
    `Address: ${row.baseUrl === null ? 'none, `url` must be given' : code(row.baseUrl)}`,
    `Reasoning: ${renderReasoning(row)}`,
    ...renderPlace(row.place),
    ...(row.serves === undefined ? [] : [`Beside chat: ${row.serves.map((one) => SERVICES[one]).join(', ')}`]),
    ...(unsupported.length > 0 ? [`Not taken: ${unsupported.map(code).join(', ')}`] : []),
    ...(renames.length > 0 ? [`Renamed: ${renames.join(', ')}`] : []),
    ...(streamUsage === false ? ['Streams cannot be asked for their usage'] : []),
    ...(usageExcludesReasoning === true ? ['Reasoning is added to the output tokens, which leave it out'] : []),
    ...(toolCallId === undefined ? [] : [`Ids of tool calls match ${code(toolCallId)}`]),
    ...renderQuirks(row.quirks ?? {}),
    ...(row.models ?? []).map(renderModels),
    ...(row.onDisconnect === 'drain'
      ? ['When the client leaves, the answer is read to its end: an abort would not stop the bill']
      : []),
    `Source: <${row.docs}>`,
  ];
  return `### ${code(row.id)}\n\n${row.title}.\n\n${facts.map((fact) => `- ${fact}\n`).join('')}`;
}

/** Where a vendor stands, how a region is chosen, and how all that is known. */
function renderPlace(place: ProviderPlace | undefined): string[] {
  if (place === undefined) return [];
  const { basis, source, asOf, regions } = place;
  const known =
    basis === 'editorial' ? 'general knowledge, to be confirmed' : basis === 'vendor' ? `<${source}>` : source;
  return [
    `Facts: ${renderFacts(place.facts)} (${known}, ${asOf})`,
    ...regions.map((region) => {
      const facts = Object.keys(region.facts).length === 0 ? 'no fact without the operator' : renderFacts(region.facts);
      return `Region ${code(region.id)}: ${renderSelector(region.select)}; ${facts}${renderTerms(region)}`;
    }),
  ];
}

function renderFacts(facts: PlaceFacts): string {
  return Object.entries(facts)
    .map(([key, value]) => code(`${key}: ${Array.isArray(value) ? `[${value.join(', ')}]` : value}`))
    .join(', ');
}

function renderSelector(select: RegionSelector): string {
  switch (select.by) {
    case 'url':
      return code(select.url);
    case 'model-prefix':
      return `model ${code(`${select.prefix}…`)}`;
    case 'field':
      return code(`${select.name}: "${select.value}"`);
    case 'word':
      return select.what;
  }
}

function renderTerms({ uplift, proof }: ProviderRegion): string {
  const models =
    uplift === undefined || uplift.models.includes('*') ? '' : ` for ${uplift.models.map(code).join(', ')}`;
  const price = uplift === undefined ? '' : `; prices x ${uplift.factor}${models}`;
  return `${price}${proof === undefined ? '' : `; answers say so in ${code(`usage.${proof[0]}`)} and are held to it`}`;
}

function renderReasoning({ reasoning }: Provider): string {
  const { replay, details, seal } = reasoning;
  const back = replay === 'field' ? ', sent back in history' : replay === 'tags' ? ', sent back between tags' : '';
  const sealed = details === true ? ', sealed in `reasoning_details`' : '';
  const whose = seal === 'vendor' ? ', sealed for every account of the vendor' : '';
  return `${renderOutput(reasoning)}${back}${sealed}${whose}, ${renderSteering(reasoning)}`;
}

function renderOutput({ field, output }: Pick<ReasoningDialect, 'field' | 'output'>): string {
  if (output === 'tags') return 'between `<think>` tags in the text';
  if (output === 'primed') return 'in the text up to `</think>`';
  return field === null ? 'not in a field' : `in ${code(field)}`;
}

function renderSteering({ control, steering }: Pick<ReasoningDialect, 'control' | 'steering'>): string {
  if (control === null) return 'not steered';
  if (steering === undefined) return `steered by ${code(control)}`;
  const { effort, words, budget, on, off, hide } = steering;
  const ways = [
    ...(effort === undefined ? [] : [`${code(effort)}${words === undefined ? '' : ` (${words.join(', ')})`}`]),
    ...(budget === undefined ? [] : [`tokens in ${code(budget)}`]),
    ...(on === undefined ? [] : [`on by ${renderSetting(on)}`]),
    ...(off === undefined ? [] : [`off by ${renderSetting(off)}`]),
    ...(hide === undefined ? [] : [`hidden by ${renderSetting(hide)}`]),
  ];
  return `steered: ${ways.join(', ')}`;
}

function renderSetting([path, value]: Setting): string {
  return code(`${path}: ${JSON.stringify(value)}`);
}

function renderQuirks({ forcedTool, schemaTopWithout, toolNameLength }: Quirks): string[] {
  return [
    ...(forcedTool === false ? ['A tool call cannot be forced'] : []),
    ...(schemaTopWithout === undefined
      ? []
      : [`At the top of a schema not taken: ${schemaTopWithout.map(code).join(', ')}`]),
    ...(toolNameLength === undefined ? [] : [`Tool names have at most ${toolNameLength} characters`]),
  ];
}

/** One line for a group of models: what differs from the row. */
function renderModels({ match, quirks = {}, reasoning = {} }: ModelHabits): string {
  const { unsupported = [], rename = {} } = quirks;
  const facts = [
    ...('output' in reasoning ? [`reasoning ${renderOutput({ field: null, output: 'none', ...reasoning })}`] : []),
    ...('replay' in reasoning ? [`earlier reasoning: ${reasoning.replay}`] : []),
    ...('control' in reasoning || 'steering' in reasoning
      ? [
          renderSteering({
            ...(reasoning.steering && { steering: reasoning.steering }),
            control: reasoning.control === undefined ? '' : reasoning.control,
          }),
        ]
      : []),
    ...(reasoning.include === undefined ? [] : [`asked for ${reasoning.include.map(code).join(', ')}`]),
    ...(unsupported.length > 0 ? [`not taken: ${unsupported.map(code).join(', ')}`] : []),
    ...Object.entries(rename).map(([from, to]) => `${code(from)} → ${code(to)}`),
    ...renderQuirks(quirks).map((text) => text.charAt(0).toLowerCase() + text.slice(1)),
  ];
  return `${match.map(code).join(', ')}: ${facts.join('; ')}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) process.stdout.write(renderProviders(catalogue));
