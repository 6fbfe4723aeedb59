/** How a conversation becomes a prompt: one of two fixed forms, told apart by the model's special tokens. */
import { ArtifactError } from '../artifact/artifact-error.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** One message of a conversation. */
export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Writes a conversation as token ids, ending where the model's answer begins. */
export type ChatForm = (turns: readonly ChatTurn[]) => number[];

/**
 * The form for a tokenizer: ChatML or DeepSeek's. The template in the file is data that is never run.
 * @throws ArtifactError `unsupported` when the special tokens of neither form are there
 */
export function chatForm(tokenizer: Tokenizer): ChatForm {
  return chatMl(tokenizer) ?? deepSeek(tokenizer) ?? unknownForm();
}

function unknownForm(): never {
  const forms = 'ChatML (<|im_start|>, <|im_end|>) and DeepSeek (<\uff5cUser\uff5c>, <\uff5cAssistant\uff5c>)';
  throw new ArtifactError('unsupported', 'tokenizer.ggml.tokens', `no chat tokens of ${forms} are there`);
}

/** The id of a special token; text of users can never produce it. */
function special({ vocabulary }: Tokenizer, name: string): number | null {
  const id = vocabulary.ids.get(name);
  return id !== undefined && (vocabulary.control.has(id) || vocabulary.whole.has(id)) ? id : null;
}

function chatMl(tokenizer: Tokenizer): ChatForm | null {
  const open = special(tokenizer, '<|im_start|>');
  const close = special(tokenizer, '<|im_end|>');
  if (open === null || close === null) return null;
  const { begin } = tokenizer.vocabulary;
  return (turns) => [
    ...(begin === null ? [] : [begin]),
    ...turns.flatMap(({ role, content }) => [
      open,
      ...tokenizer.encode(`${role}\n${content}`),
      close,
      ...tokenizer.encode('\n'),
    ]),
    open,
    ...tokenizer.encode('assistant\n'),
  ];
}

function deepSeek(tokenizer: Tokenizer): ChatForm | null {
  const begin = special(tokenizer, '<\uff5cbegin\u2581of\u2581sentence\uff5c>');
  const end = special(tokenizer, '<\uff5cend\u2581of\u2581sentence\uff5c>');
  const user = special(tokenizer, '<\uff5cUser\uff5c>');
  const assistant = special(tokenizer, '<\uff5cAssistant\uff5c>');
  if (begin === null || end === null || user === null || assistant === null) return null;
  const written = ({ role, content }: ChatTurn): number[] => {
    if (role === 'system') return tokenizer.encode(content);
    if (role === 'user') return [user, ...tokenizer.encode(content)];
    return [assistant, ...tokenizer.encode(content), end];
  };
  return (turns) => [begin, ...turns.flatMap(written), assistant];
}

/** Earlier thoughts do not go back into a model, as the makers of those that think demand. */
export function withoutThoughts(turn: ChatTurn): ChatTurn {
  return turn.role === 'assistant' ? { ...turn, content: turn.content.split('</think>').at(-1) ?? '' } : turn;
}
