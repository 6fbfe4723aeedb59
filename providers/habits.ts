/** What several rows say in the same words: how families of models are steered, whoever serves them. */
import type { ReasoningEffort } from '../src/core/chat.ts';
import type { ReasoningDialect, ReasoningSteering } from '../src/core/protocol.ts';

/** Steered by words in the field at a dotted path. */
export function words(
  effort: string,
  ...list: readonly ReasoningEffort[]
): Pick<ReasoningDialect, 'control' | 'steering'> {
  return { control: effort.split('.')[0]!, steering: { effort, words: list } };
}

/** gpt-oss knows three words and cannot be told not to think. */
export const GPT_OSS = words('reasoning_effort', 'low', 'medium', 'high');

/** Switched by an argument of the model's chat template, as vLLM, SGLang and llama.cpp hand it on. */
export function template(name: string, budget?: string): Pick<ReasoningDialect, 'control' | 'steering'> {
  const path = `chat_template_kwargs.${name}`;
  const steering: ReasoningSteering = {
    on: [path, true],
    off: [path, false],
    ...(budget === undefined ? {} : { budget }),
  };
  return { control: 'chat_template_kwargs', steering };
}

/** The text carries the reasoning between tags. */
export const TAGS = { field: null, output: 'tags' } as const satisfies Partial<ReasoningDialect>;
