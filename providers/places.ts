/** Where vendors stand, restated from their pages, from others who quote them, or as general knowledge that must be confirmed. */
import {
  documentedPlace,
  editorialPlace,
  PLACES_AS_OF,
  type ProviderPlace,
  type ProviderRegion,
} from '../src/core/provider-place.ts';

/** Member states of the European Union (policies/zones.ts says since when). */
const EU = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');

/** The Union with the four states of EFTA. */
const EU_EFTA = [...EU, 'CH', 'IS', 'LI', 'NO'].sort();

/** The United States, as operator and as the law that binds it. */
const OF_THE_US = { 'operator.country': 'US', 'operator.control': ['US'] } as const;

/** OpenAI stores in the region of the host; whether it computes there depends on model and endpoint, so that is the operator's to state. */
function openaiRegion(id: string, countries: readonly string[]): ProviderRegion {
  return {
    id,
    select: { by: 'url', url: `https://${id}.api.openai.com/v1` },
    within: countries,
    facts: { 'storage.countries': countries },
    // models since 2026-03-05
    uplift: { factor: 1.1, models: ['gpt-5.4*', 'gpt-5.5*', 'gpt-image-2*'] },
  };
}

/** OpenAI, for both of its languages. */
export const OPENAI_PLACE: ProviderPlace = documentedPlace(
  'https://developers.openai.com/api/docs/guides/data-residency',
  OF_THE_US,
  [
    openaiRegion('eu', EU_EFTA),
    openaiRegion('us', ['US']),
    openaiRegion('ae', ['AE']),
    openaiRegion('au', ['AU']),
    openaiRegion('in', ['IN']),
    openaiRegion('jp', ['JP']),
  ],
);

/** A place that the type of a deployment chooses: nothing that is sent or answered shows it. */
function azureDeployment(id: string, what: string, within: readonly string[] | null): ProviderRegion {
  const facts = within === null || within.length === 0 ? {} : { 'compute.countries': within };
  return { id, select: { by: 'word', what }, within, facts };
}

/**
 * Azure: what is stored stays in the geography of the resource; where it computes follows the type of the deployment, of which
 * provisioned ones are like standard ones.
 */
export const AZURE_PLACE: ProviderPlace = documentedPlace(
  'https://learn.microsoft.com/azure/ai-services/openai/how-to/deployment-types',
  OF_THE_US,
  [
    azureDeployment('standard', 'a deployment of the type Standard, in the region of its resource', null),
    azureDeployment('datazone-eu', 'a deployment of the type DataZoneStandard of a resource in the EU', EU),
    azureDeployment('datazone-us', 'a deployment of the type DataZoneStandard of a resource in the US', ['US']),
    azureDeployment('global', 'a deployment of the type GlobalStandard', []),
  ],
);

/** One region by address that says where it computes. */
function computesIn(
  id: string,
  url: string,
  countries: readonly string[],
  factor: number | null = null,
): ProviderRegion {
  const region: ProviderRegion = {
    id,
    select: { by: 'url', url },
    within: countries,
    facts: { 'compute.countries': countries },
  };
  return factor === null ? region : { ...region, uplift: { factor, models: ['*'] } };
}

/** Anthropic: no value of the field keeps a request in Europe; the answer says where it ran. */
export const ANTHROPIC_PLACE: ProviderPlace = documentedPlace(
  'https://platform.claude.com/docs/en/manage-claude/data-residency',
  OF_THE_US,
  [
    {
      id: 'us',
      select: { by: 'field', name: 'inference_geo', value: 'us' },
      within: ['US'],
      facts: { 'compute.countries': ['US'] },
      proof: ['inference_geo', 'us'],
    },
  ],
);

/** Mistral: its plain address is no region; account, billing, keys and usage analytics are not regional. */
export const MISTRAL_PLACE: ProviderPlace = documentedPlace(
  'https://docs.mistral.ai/studio/regional-inference',
  { 'operator.country': 'FR', 'operator.control': ['FR'] },
  [
    computesIn('eu', 'https://api.eu.mistral.ai/v1', EU_EFTA, 1.1),
    computesIn('us', 'https://api.us.mistral.ai/v1', ['US'], 1.1),
  ],
);

/** OpenRouter: any provider behind it, within the region. */
export const OPENROUTER_PLACE: ProviderPlace = documentedPlace(
  'https://openrouter.ai/docs/guides/routing/provider-routing',
  OF_THE_US,
  [
    computesIn('eu', 'https://eu.openrouter.ai/api/v1', EU),
    computesIn('us', 'https://us.openrouter.ai/api/v1', ['US']),
  ],
);

/** DeepSeek's own service. */
export const DEEPSEEK_PLACE: ProviderPlace = Object.freeze({
  facts: {
    'operator.country': 'CN',
    'operator.control': ['CN'],
    'compute.countries': ['CN'],
    'storage.countries': ['CN'],
  },
  basis: 'secondary',
  source: 'its privacy policy as quoted by Wired, 2025',
  asOf: PLACES_AS_OF,
  regions: [],
});

/**
 * Groq: nothing is kept by default, but batch files for 30 days and logs of abuse or trouble unless that is switched off; for how many
 * days is the operator's to state.
 */
export const GROQ_PLACE: ProviderPlace = documentedPlace('https://console.groq.com/docs/your-data', OF_THE_US);

/** Fireworks: the region is one of the account. */
export const FIREWORKS_PLACE: ProviderPlace = documentedPlace(
  'https://docs.fireworks.ai/accounts/data-residency',
  OF_THE_US,
  [{ id: 'account', select: { by: 'word', what: 'the region chosen for the account' }, within: null, facts: {} }],
);

/** Alibaba Cloud: Singapore and Beijing, under one control. */
export const DASHSCOPE_PLACE: ProviderPlace = editorialPlace({ 'operator.control': ['CN'] }, [
  operatedIn('intl', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'SG'),
  operatedIn('cn', 'https://dashscope.aliyuncs.com/compatible-mode/v1', 'CN'),
]);

function operatedIn(id: string, url: string, country: string): ProviderRegion {
  const region = computesIn(id, url, [country]);
  return { ...region, facts: { ...region.facts, 'operator.country': country } };
}

/** Vendors whose head office is known to be in the United States, and no more. */
export const US_EDITORIAL: ProviderPlace = editorialPlace(OF_THE_US);
