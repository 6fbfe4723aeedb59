/** What each Claude model takes and refuses: one table, newest first (pydantic-ai's profile of 2026-08, Anthropic's model pages). */

/** The rules of one family. */
export interface ModelRules {
  /** `temperature`, `top_p`, `top_k`: taken, at most one of the first two, or refused even at their defaults. */
  readonly sampling: 'both' | 'one' | 'none';
  /** How thinking is steered: not at all, by a budget, by both, or adaptively only. */
  readonly thinking: 'none' | 'budget' | 'both' | 'adaptive';
  /** The highest of low, medium, high, max, xhigh that `output_config.effort` takes; `none` = the field is refused. */
  readonly effort: 'none' | 'high' | 'max' | 'xhigh';
  /** False where `xhigh` and `max` are refused while thinking is disabled. */
  readonly topEffortWithoutThinking: boolean;
  /** False where a forced tool choice is always refused. Elsewhere only budget thinking excludes it. */
  readonly forcedTool: boolean;
  /** True where a message within the conversation may have the role `system`, between a user's turn and the answer to it. */
  readonly systemInside: boolean;
  /** True where `output_config.format` and `strict` tools are taken. */
  readonly jsonSchema: boolean;
  /** Output tokens the model can write; what a request that sets no limit is given, up to DEFAULT_OUTPUT. */
  readonly maxOutput: number;
}

const OLD: ModelRules = {
  sampling: 'both',
  thinking: 'none',
  effort: 'none',
  topEffortWithoutThinking: true,
  forcedTool: true,
  systemInside: false,
  jsonSchema: false,
  maxOutput: 4096,
};
const FOUR: ModelRules = { ...OLD, thinking: 'budget', maxOutput: 64_000 };
const FOUR_FIVE: ModelRules = { ...FOUR, sampling: 'one', jsonSchema: true };
const FOUR_SIX: ModelRules = { ...FOUR_FIVE, thinking: 'both', effort: 'max', maxOutput: 128_000 };
const FOUR_SEVEN: ModelRules = { ...FOUR_SIX, sampling: 'none', thinking: 'adaptive', effort: 'xhigh' };
const FOUR_EIGHT: ModelRules = { ...FOUR_SEVEN, systemInside: true };

const FAMILIES: readonly (readonly [family: string, rules: ModelRules])[] = [
  ['fable-5', { ...FOUR_EIGHT, forcedTool: false }],
  ['mythos-5', { ...FOUR_SEVEN, forcedTool: false }],
  ['mythos-preview', { ...FOUR_SEVEN, forcedTool: false }],
  ['opus-5', { ...FOUR_EIGHT, topEffortWithoutThinking: false }],
  ['sonnet-5', FOUR_SEVEN],
  ['opus-4-8', FOUR_EIGHT],
  ['opus-4-7', FOUR_SEVEN],
  ['opus-4-6', FOUR_SIX],
  ['sonnet-4-6', FOUR_SIX],
  ['opus-4-5', { ...FOUR_FIVE, effort: 'high' }],
  ['sonnet-4-5', FOUR_FIVE],
  ['haiku-4-5', FOUR_FIVE],
  ['opus-4-1', { ...FOUR_FIVE, maxOutput: 32_000 }],
  ['opus-4', { ...FOUR, maxOutput: 32_000 }],
  ['sonnet-4', FOUR],
  ['3-7-sonnet', FOUR],
  ['3-5-', { ...OLD, maxOutput: 8192 }],
  ['3-', OLD],
];

/** A family of the fifth generation or later that this table does not know yet: it is taken to refuse what the newest refuse. */
const NEWER = /^[a-z]+-([5-9]|\d{2})(\D|$)/;

/** The rules of a model by its name, also in the spellings of clouds (`us.anthropic.claude-…`, `claude-…@date`); null = no Claude. */
export function modelRules(model: string): ModelRules | null {
  const at = model.lastIndexOf('claude-');
  if (at < 0) return null;
  const name = model.slice(at + 'claude-'.length);
  return FAMILIES.find(([family]) => name.startsWith(family))?.[1] ?? (NEWER.test(name) ? FOUR_SEVEN : null);
}

/** The most that a request without a limit is given: long answers are whole, and a runaway one still ends. */
const DEFAULT_OUTPUT = 32_000;
/** The same for models that are no Claude: what servers with small windows still take. */
const DEFAULT_OUTPUT_ELSEWHERE = 8192;

/** `max_tokens` of a request that sets no limit, which this language requires: room for the answer beside a budget for thinking. */
export function defaultMaxTokens(rules: ModelRules | null, thinkingBudget: number): number {
  const room = rules === null ? DEFAULT_OUTPUT_ELSEWHERE : DEFAULT_OUTPUT;
  return Math.min(room + thinkingBudget, rules?.maxOutput ?? Number.MAX_SAFE_INTEGER);
}
