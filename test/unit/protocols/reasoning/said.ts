/** What a client of each language reads of an answer: its reasoning and its words. */
import { at, type Fields, type Heard, type Language } from '../traps/scene.ts';

/** Reasoning and words. */
export interface Said {
  readonly reasoning: string;
  readonly text: string;
}

/** Everybody who asks. */
export const CLIENTS: readonly Language[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];

/** Of a whole answer. */
export function saidIn(client: Language, answer: Fields): Said {
  if (client === 'openai-chat') {
    const message = at(answer, 'choices', 0, 'message');
    return { reasoning: String(message['reasoning'] ?? ''), text: String(message['content'] ?? '') };
  }
  const blocks = (client === 'anthropic-messages' ? answer['content'] : answer['output']) as Fields[];
  const said = { reasoning: '', text: '' };
  for (const block of blocks) {
    if (block['type'] === 'thinking') said.reasoning += String(block['thinking']);
    else if (block['type'] === 'text') said.text += String(block['text']);
    else if (block['type'] === 'reasoning') said.reasoning += joined(block['summary']) + joined(block['content']);
    else if (block['type'] === 'message') said.text += joined(block['content']);
  }
  return said;
}

function joined(list: unknown): string {
  return ((list ?? []) as Fields[]).map(({ text }) => String(text)).join('');
}

/** Of a stream, delta by delta. */
export function saidOver(client: Language, events: readonly Heard[]): Said {
  const said = { reasoning: '', text: '' };
  for (const { event, data } of events) {
    if (client === 'openai-chat') {
      const piece = at<Fields | undefined>(data, 'choices', 0, 'delta');
      said.reasoning += String(piece?.['reasoning'] ?? '');
      said.text += String(piece?.['content'] ?? '');
    } else if (client === 'anthropic-messages') {
      said.reasoning += String(at<string | undefined>(data, 'delta', 'thinking') ?? '');
      said.text += String(at<string | undefined>(data, 'delta', 'text') ?? '');
    } else if (event === 'response.output_text.delta') said.text += String(data['delta']);
    else if (/^response\.reasoning_(summary_)?text\.delta$/.test(event ?? '')) said.reasoning += String(data['delta']);
  }
  return said;
}
