/** The scripted model in every language that upstreams speak. */
import { chat } from './chat.ts';
import { messages } from './messages.ts';
import { responses } from './responses.ts';
import type { ModelLanguage } from './turn.ts';

/** Every language of the scripted model. */
export const MODEL_LANGUAGES: readonly ModelLanguage[] = [chat, messages, responses];
