/** Every vendor's SDK that applications call a gateway with. */
import { aiSdkClients } from './ai-sdk.ts';
import { anthropicClient } from './anthropic.ts';
import type { SdkClient } from './client.ts';
import { openaiChatClient } from './openai-chat.ts';
import { openaiResponsesClient } from './openai-responses.ts';

/** The clients. */
export const SDK_CLIENTS: readonly SdkClient[] = [
  openaiChatClient,
  openaiResponsesClient,
  anthropicClient,
  ...aiSdkClients,
];
