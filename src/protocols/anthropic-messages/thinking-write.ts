/** Writes the control of reasoning as a model takes it: by a budget, adaptively with an effort, or not at all. */
import type { ReasoningControl } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { EFFORT_BUDGETS, effortOfBudget } from '../../core/reasoning-effort.ts';
import { isPlainDialect } from './dialect.ts';
import { defaultType, isEffort, thinkingOf } from './thinking.ts';
import { isForced } from './tool-choice.ts';
import type { WriteContext } from './write-context.ts';

/** What goes on the wire; null = not said. `on` = the model may think, so that sampling is refused. */
export interface WrittenThinking {
  readonly thinking: JsonObject | null;
  readonly effort: string | null;
  /** Tokens to think with; 0 = no budget was said. */
  readonly budget: number;
  readonly on: boolean;
}

const NOTHING: WrittenThinking = { thinking: null, effort: null, budget: 0, on: false };
/** Anthropic's least budget. */
const LEAST_BUDGET = 1024;
/** What of `max_tokens` a budget gets that would not leave room for an answer. */
const SHARE = 0.75;

type Wish = { -readonly [K in keyof ReasoningControl]: ReasoningControl[K] } & { type: string | null };

/** @param hasGap the conversation ends in a tool turn without its thinking, which budget thinking refuses */
export function writeThinking(context: WriteContext, hasGap: boolean): WrittenThinking {
  const { request, bag, to, rules, verbatim } = context;
  const control = request.reasoning;
  if (control === undefined) return NOTHING;
  const wish: Wish = { ...control, type: typeOf(control, bag) };
  if (isEffort(bag['#effort'])) wish.effort = bag['#effort'];
  if (!verbatim) {
    if (!isPlainDialect(to) && to.reasoning.control === null)
      return lose(context, `${to.provider} has no control of it.`);
    if (rules?.thinking === 'none' && wish.type !== 'disabled') return lose(context, 'This model does not think.');
    const why = adapt(wish, context, hasGap);
    if (why !== null) return lose(context, why);
  }
  const { type, budgetTokens } = wish;
  return {
    thinking: type === null ? null : thinkingOf(type, wish, budgetTokens, bag['thinking'] ?? null),
    effort: wish.effort ?? null,
    budget: budgetTokens ?? 0,
    on: type !== null && type !== 'disabled',
  };
}

function typeOf(control: ReasoningControl, bag: JsonObject): string | null {
  if (control.enabled === undefined) return null;
  return typeof bag['#thinking'] === 'string' ? bag['#thinking'] : defaultType(control);
}

function lose({ losses }: WriteContext, why: string): WrittenThinking {
  losses.add({ field: 'reasoning', kind: 'dropped', why });
  return NOTHING;
}

/** Changes a wish to what the model takes; the reason why thinking cannot be switched on at all, or null. */
function adapt(wish: Wish, context: WriteContext, hasGap: boolean): string | null {
  const { native, request, losses } = context;
  if (wish.effort === 'none') {
    delete wish.effort;
    wish.type = 'disabled';
  }
  if (wish.effort === 'minimal') {
    wish.effort = 'low';
    losses.add({ field: 'reasoning.effort', kind: 'approximated', why: 'The least effort of Messages is low.' });
  }
  const isAsked = wish.effort !== undefined || wish.budgetTokens !== undefined;
  if (wish.type === null && !native && isAsked) wish.type = wish.budgetTokens === undefined ? 'wanted' : 'enabled';
  if (wish.type !== null && wish.type !== 'disabled') chooseStyle(wish, context);
  if (wish.type === 'enabled') {
    if (isForced(request.toolChoice)) return 'A forced tool call excludes thinking by a budget.';
    if (hasGap) return 'Thinking is refused for a tool turn whose own thinking is not there with its signature.';
    if (!fitBudget(wish, context)) return `max_tokens leaves no room for a budget of ${LEAST_BUDGET} tokens.`;
  }
  fitEffort(wish, context);
  fitSummary(wish, context);
  return null;
}

/** By budget or adaptively: as the model knows it; as it was asked where nothing is known of the model. */
function chooseStyle(wish: Wish, { rules, native, to, losses }: WriteContext): void {
  const { thinking } = rules ?? { thinking: null };
  const isKept = thinking === 'both' || (thinking === null && (native || isPlainDialect(to)));
  if (isKept && wish.type !== 'wanted') return;
  if (thinking === 'adaptive' || thinking === 'both') {
    wish.type = 'adaptive';
    if (wish.budgetTokens === undefined) return;
    wish.effort ??= effortOfBudget(wish.budgetTokens);
    delete wish.budgetTokens;
    const why = 'This model takes an effort in place of a budget.';
    losses.add({ field: 'reasoning.budgetTokens', kind: 'approximated', why });
    return;
  }
  wish.type = 'enabled';
  if (wish.budgetTokens !== undefined) return;
  wish.budgetTokens = EFFORT_BUDGETS[wish.effort ?? 'medium'];
  const why = `This model takes a budget in place of an effort: ${wish.budgetTokens} tokens.`;
  losses.add({ field: 'reasoning.effort', kind: 'approximated', why });
  delete wish.effort;
}

/** A budget must be at least 1024 tokens and less than `max_tokens`, with room for the answer; false when both cannot be. */
function fitBudget(wish: Wish, { request, losses }: WriteContext): boolean {
  const limit = request.maxOutputTokens ?? Number.MAX_SAFE_INTEGER;
  const asked = wish.budgetTokens ?? EFFORT_BUDGETS.medium;
  const fitting = Math.max(LEAST_BUDGET, asked < limit ? asked : Math.floor(limit * SHARE));
  if (fitting >= limit) return false;
  if (fitting !== asked) {
    const why = `A budget stands between ${LEAST_BUDGET} and max_tokens: ${fitting} tokens.`;
    losses.add({ field: 'reasoning.budgetTokens', kind: 'approximated', why });
  }
  wish.budgetTokens = fitting;
  return true;
}

function fitEffort(wish: Wish, { rules, losses }: WriteContext): void {
  const { effort } = wish;
  if (rules === null || effort === undefined) return;
  const lower = (why: string, to?: 'high'): void => {
    losses.add({ field: 'reasoning.effort', kind: to === undefined ? 'dropped' : 'approximated', why });
    if (to === undefined) delete wish.effort;
    else wish.effort = to;
  };
  if (rules.effort === 'none') return lower('This model takes no effort.');
  const isTop = effort === 'xhigh' || effort === 'max';
  if (isTop && wish.type === 'disabled' && !rules.topEffortWithoutThinking) {
    return lower('Without thinking this model takes an effort up to high.', 'high');
  }
  const isTaken = rules.effort === 'xhigh' || !isTop || (rules.effort === 'max' && effort === 'max');
  if (!isTaken) lower(`This model takes no effort ${effort}.`, 'high');
}

function fitSummary(wish: Wish, { native, losses }: WriteContext): void {
  const { summary } = wish;
  if (summary === undefined || native) return;
  if (summary === 'concise' || summary === 'detailed') {
    wish.summary = 'auto';
    losses.add({ field: 'reasoning.summary', kind: 'approximated', why: 'Summaries in Messages have one length.' });
  }
  if (wish.type !== null && wish.type !== 'disabled') return;
  delete wish.summary;
  losses.add({ field: 'reasoning.summary', kind: 'dropped', why: 'There is no thinking to summarise.' });
}
