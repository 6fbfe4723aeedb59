/** The laws of a pair of languages: what a request, an answer or a stream says is said on the other side too, or named as lost. */
import { describe, expect, it } from 'vitest';
import type { ChatRequest, ChatResponse } from '../../src/core/chat.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Loss } from '../../src/core/loss.ts';
import type { Frame, ReadContext } from '../../src/core/protocol.ts';
import type { Usage } from '../../src/core/usage.ts';
import { crossAnswer, crossRequest, crossStream, isTranslated, type Crossing, type Pair } from './crossing.ts';
import { answerFacts, requestFacts, type Facts } from './facts.ts';

/** What goes over a pair: requests of its client's language, answers of its upstream's. */
export interface PairMaterial {
  readonly requests: readonly { readonly name: string; readonly body: JsonObject }[];
  readonly answers: readonly { readonly name: string; readonly body: JsonObject; readonly from: ReadContext }[];
  readonly streams: readonly { readonly name: string; readonly frames: readonly Frame[]; readonly from: ReadContext }[];
}

/** Runs the laws over one pair. */
export function describePair(pair: Pair, { requests, answers, streams }: PairMaterial): void {
  describe(`${pair.client.id} client, ${pair.upstream.id} upstream`, () => {
    it.for(requests)('request $name', ({ body }) => {
      expect(gaps(crossRequest(body, pair), pair, requestFacts, REQUEST_LOSSES, asAsked)).toEqual(NONE);
    });

    it.for(answers)('answer $name', ({ body, from }) => {
      expect(gaps(crossAnswer(body, from, pair), pair, saidFacts, ANSWER_LOSSES, asHeard)).toEqual(NONE);
    });

    it.for(streams)('stream $name', ({ frames, from }) => {
      expect(gaps(crossStream(frames, from, pair), pair, saidFacts, ANSWER_LOSSES, asHeard)).toEqual(NONE);
    });
  });
}

type Explains = Readonly<Record<string, RegExp>>;

/** The losses that explain a fact which is not the same. */
const REQUEST_LOSSES: Explains = {
  system: /^messages/,
  user: /^messages/,
  assistant: /^messages/,
  reasoning: /reasoning/,
  toolCalls: /^messages/,
  toolResults: /^messages/,
  images: /^messages.*\]$/,
  documents: /^messages.*\]$/,
  audio: /^messages/,
  tools: /^tools\[|^tool_choice$/,
  toolChoice: /^tool_choice$/,
  temperature: /^temperature$/,
  topP: /^top_p$/,
  stop: /^stop$/,
  format: /^response_format$/,
};

const ANSWER_LOSSES: Explains = {
  toolCalls: /arguments$/,
  usage: /^usage$/,
  finish: /finish_reason$/,
  choices: /^choices\[\d+\]$/,
};

/** What went wrong on the way. */
interface Gaps {
  /** Paths of values that are gone in silence. */
  readonly silent: readonly string[];
  /** Facts, as said and as heard, that differ and that no loss explains. */
  readonly changed: Facts;
  /** Losses where the language is the same on both sides. */
  readonly needless: readonly Loss[];
}

const NONE: Gaps = { silent: [], changed: {}, needless: [] };

function gaps<T extends ChatRequest | ChatResponse>(
  { left, right, losses, silent }: Crossing<T>,
  pair: Pair,
  factsOf: (said: T) => Facts,
  explains: Explains,
  adjust: (facts: Facts, said: T, pair: Pair) => Facts,
): Gaps {
  const [before, after] = [adjust(factsOf(left), left, pair), factsOf(right)];
  const changed = Object.keys(before)
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .filter((key) => !isExplained(key, losses, explains));
  return {
    silent,
    changed: Object.fromEntries(changed.map((key) => [key, { said: before[key], heard: after[key] }])),
    needless: isTranslated(pair) ? [] : losses,
  };
}

/**
 * What must be asked. Turns are cut otherwise in every language; Messages asks for a limit where others need none, has no word for plain
 * text as a format, and says whether calls may be parallel in a choice of tools, whose default it says with that.
 */
function asAsked(facts: Facts, _said: ChatRequest, pair: Pair): Facts {
  if (!isTranslated(pair)) return facts;
  const { roles: _roles, maxTokens, toolChoice, format, ...same } = facts;
  if (pair.upstream.id !== 'anthropic-messages') return { ...same, maxTokens, toolChoice, format };
  return {
    ...same,
    ...(maxTokens === null ? {} : { maxTokens }),
    ...(toolChoice === null ? {} : { toolChoice }),
    format: format === 'text' ? null : format,
  };
}

/** The facts of an answer, with what they are called everywhere in place of a language's own words. */
function saidFacts(answer: ChatResponse): Facts {
  const { finishRaw: _raw, ...facts } = answerFacts(answer);
  return { ...facts, choices: answer.choices.length, finish: answer.choices[0]?.finish.unified };
}

/**
 * What must be heard. Words of refusal are plain text in Messages, and its stop reason says what they are; its counts of input add up,
 * also where a vendor's own do not (Azure's grok: 314 cached of 203). A response object has an id and a status also where nobody told them.
 */
function asHeard({ id, ...facts }: Facts, { usage, choices }: ChatResponse, { client, upstream }: Pair): Facts {
  const isResponse = client.id === 'openai-responses';
  const finish = isResponse && choices[0]?.finish.raw === null ? 'stop' : facts['finish'];
  const named = { ...facts, finish, ...(id === '' && isResponse ? {} : { id }) };
  if (client.id !== 'anthropic-messages' || upstream.id === client.id) return named;
  const isRefused = facts['refusal'] !== null;
  return {
    ...named,
    text: `${String(facts['text'])}${isRefused ? String(facts['refusal']) : ''}`,
    refusal: null,
    finish: isRefused ? 'content-filter' : facts['finish'],
    ...(usage === null ? {} : { usage: { ...(facts['usage'] as object), ...inOrder(usage) } }),
  };
}

/** Parts of the input that are no more than the whole. */
function inOrder({ inputTokens, cachedInputTokens, cacheWriteTokens }: Usage): Facts {
  const input = inputTokens ?? Infinity;
  const cacheRead = cachedInputTokens === null ? null : Math.min(cachedInputTokens, input);
  const cacheWrite = cacheWriteTokens === null ? null : Math.min(cacheWriteTokens, input - (cacheRead ?? 0));
  return { cacheRead, cacheWrite };
}

function isExplained(key: string, losses: readonly Loss[], explains: Explains): boolean {
  return losses.some(({ field }) => explains[key]?.test(field) === true);
}
