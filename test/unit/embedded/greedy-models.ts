/** The seeded models and inputs whose answers were recorded from llama.cpp. */
import { type RandomModel, TINY } from '../../models/random-qwen2.ts';
import { CHATML_TOKENS, DEEPSEEK_TOKENS, learnMerges, makeVocabulary } from '../../models/vocabulary.ts';

/** What the merges are learnt from. */
export const MERGE_TEXT = [
  'The gateway reads the request, asks the policy for a plan, and tries the attempts of the plan in order.',
  'A constraint filters; a preference ranks. Nothing is dropped silently: what cannot be said is recorded as a loss.',
  "It's what they've said, we'll see that it doesn't drift: 12 routes, 345 rules, and one receipt for each.",
  'Größe, Straße, café, naïve, 模型, 网关, данные; the tokens of the request and the tokens of the answer.',
].join('\n');

const merges = learnMerges(MERGE_TEXT, 160);

/** By name. Every file is rebuilt from its seed. */
export const GREEDY_MODELS: Readonly<Record<string, RandomModel>> = {
  'tied-bytes': TINY,
  'untied-merges': { ...TINY, seed: 11, tied: false, vocabulary: makeVocabulary(merges, CHATML_TOKENS) },
  'one-kv-head': { ...TINY, seed: 3, layers: 4, width: 96, heads: 6, kvHeads: 1, feedForward: 256, sharpness: 6 },
  'deepseek-gpt2': {
    ...TINY,
    seed: 21,
    heads: 2,
    pre: 'gpt-2',
    vocabulary: makeVocabulary(merges, DEEPSEEK_TOKENS),
  },
};

/** Prompts as token ids, valid in every model; the longest spans several chunks. */
export const GREEDY_PROMPTS: readonly (readonly number[])[] = [
  [72],
  [84, 104, 101, 32, 103, 97, 116, 101],
  Array.from({ length: 75 }, (_, i) => (i * 37 + 11) % 250),
];

/** Texts whose token ids were recorded: contractions, digits, spaces, line ends, scripts, emoji, text that looks special. */
export const TOKENIZER_TEXTS: readonly string[] = [
  'The gateway reads the request.',
  "It's what they've said; we'LL see, I'm sure",
  '  two spaces,   three, and a tab\tand the end   ',
  'line\nline\r\nline\n\n\n  indented\n',
  '12345 rules, 3.14159 and 1e-9',
  'Größe Straße café naïve e\u0301',
  '模型网关 данные العربية हिन्दी ไทย',
  'emoji 👩‍👩‍👧‍👦 🇩🇪 ✅',
  '!!!??? ...--- <<>> {"key": [1, 2]}',
  'user@example.com https://example.com/a?b=c#d',
  'nbsp\u00a0here\u3000ideographic\u2028separator\u0085next\ufeffbom',
  '<|im_start|>user\n<|im_end|>',
  'Ⅷ ² ½ ٣ _under_score camelCase',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ththththththe',
];
