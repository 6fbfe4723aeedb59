/** The model inside this very process: nothing is sent anywhere. */
import { defineProvider } from '../src/core/provider.ts';

/** Answers in the words of the chat protocol; what it cannot follow (tools, formats, several answers) it refuses with 400. */
export const embedded = defineProvider({
  id: 'embedded',
  title: 'The handbook model inside this process',
  kind: 'self-hosted',
  protocols: ['openai-chat'],
  baseUrl: 'embedded:handbook/v1',
  auth: { type: 'none' },
  reasoning: { field: null, output: 'none', replay: 'never', control: null },
  onDisconnect: 'cancel',
  docs: 'https://platform.openai.com/docs/api-reference/chat/create',
});
