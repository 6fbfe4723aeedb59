/** Azure OpenAI: OpenAI's models in deployments of one's own. */
import { defineProvider } from '../src/core/provider.ts';
import { OPENAI_MODELS, OPENAI_QUIRKS } from './openai-models.ts';
import { AZURE_PLACE } from './places.ts';

/**
 * The v1 API, at `/openai/v1` of `<resource>.openai.azure.com`, which needs no `api-version`. `model` is the name of a deployment: named
 * after its model it gets the model's habits. Prices depend on its type, so they are the operator's to state.
 */
export const azureOpenai = defineProvider({
  id: 'azure-openai',
  title: 'Azure OpenAI',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: null,
  auth: { type: 'header', name: 'api-key' },
  quirks: OPENAI_QUIRKS,
  reasoning: { field: null, output: 'none', replay: 'never', control: 'reasoning_effort' },
  models: OPENAI_MODELS,
  place: AZURE_PLACE,
  // An abort stops generation and billing: https://openrouter.ai/docs/api-reference/streaming, "Stream Cancellation".
  onDisconnect: 'cancel',
  docs: 'https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle',
});
