/** Mistral's platform: the chat protocol with a closed list of fields. */
import { defineProvider } from '../src/core/provider.ts';
import { words } from './habits.ts';
import { MISTRAL_PLACE } from './places.ts';

/** Answers 422 to every field that its reference does not list, `stream_options` too; streams carry usage unasked. */
export const mistral = defineProvider({
  id: 'mistral',
  title: 'Mistral',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.mistral.ai/v1',
  auth: { type: 'bearer' },
  // For example https://github.com/openai/openai-agents-python/issues/442 and https://github.com/Gitlawb/openclaude/issues/739
  quirks: {
    rename: { max_completion_tokens: 'max_tokens', seed: 'random_seed' },
    unsupported:
      'audio function_call functions logit_bias logprobs modalities safety_identifier service_tier store stream_options top_logprobs user verbosity web_search_options'.split(
        ' ',
      ),
    streamUsage: false,
    toolCallId: '^[a-zA-Z0-9]{9}$',
  },
  // As `thinking` chunks of the content, not in a field: https://docs.mistral.ai/capabilities/reasoning/adjustable
  reasoning: { field: null, output: 'none', replay: 'never', ...words('reasoning_effort', 'none', 'high') },
  models: [
    {
      match: ['magistral*', 'mistral-large*', 'codestral*', 'devstral*', 'ministral*', 'pixtral*', 'open-*'],
      quirks: { unsupported: ['reasoning_effort'] },
      reasoning: { control: null },
    },
  ],
  place: MISTRAL_PLACE,
  // An abort does not stop the bill: https://openrouter.ai/docs/api-reference/streaming, "Not Currently Supported".
  onDisconnect: 'drain',
  docs: 'https://docs.mistral.ai/api/',
});
