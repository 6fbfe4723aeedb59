/** What people ask of a pair of languages, and by which losses it shows that a pair cannot carry it. */
import type { ProtocolId } from '../../src/core/chat.ts';

/** One line of the overview. */
export interface Feature {
  readonly title: string;
  /** The languages that have it at all. */
  readonly of: readonly ProtocolId[];
  /** Found in `field: why` of a loss. */
  readonly lost: RegExp;
}

const CHAT = 'openai-chat';
const RESPONSES = 'openai-responses';
const MESSAGES = 'anthropic-messages';
const ALL: readonly ProtocolId[] = [CHAT, RESPONSES, MESSAGES];
const OPENAI: readonly ProtocolId[] = [CHAT, RESPONSES];

/** What a client asks. */
export const ASKED: readonly Feature[] = [
  { title: 'turns, instructions, images, PDF as bytes', of: ALL, lost: /^(model|messages): / },
  { title: 'the word `developer` for instructions', of: OPENAI, lost: /\.role: / },
  { title: 'names of speakers', of: [CHAT], lost: /^messages\[\]\.name: / },
  { title: 'function tools, parallel calls, their results', of: ALL, lost: /A tool call in a/ },
  { title: 'a result marked as failed', of: [MESSAGES], lost: /isError/ },
  { title: 'media in results of tools', of: [RESPONSES, MESSAGES], lost: /Media of a tool result/ },
  { title: 'tools that take free text', of: OPENAI, lost: /free text/ },
  { title: 'tools that the vendor runs (search, shell, MCP)', of: ALL, lost: /has this tool\./ },
  { title: 'a choice among some tools', of: OPENAI, lost: /subset of tools/ },
  { title: 'documents by URL', of: [RESPONSES, MESSAGES], lost: /by URL/ },
  { title: 'sound', of: OPENAI, lost: /sound or video/ },
  { title: 'effort of reasoning', of: OPENAI, lost: /^(reasoning\.effort|reasoning_effort): (?!Only)/ },
  { title: 'budget of reasoning', of: [MESSAGES], lost: /budgetTokens/ },
  { title: 'earlier reasoning as text', of: OPENAI, lost: /reasoning: (?!Only|Reasoning that another)/ },
  { title: 'reasoning that another vendor sealed', of: [RESPONSES, MESSAGES], lost: /sealed|its signature/ },
  { title: 'answers by a JSON Schema', of: ALL, lost: /hold its answer/ },
  { title: 'JSON without a schema', of: OPENAI, lost: /JSON without a schema/ },
  {
    title: 'limit, temperature, top_p (where the model takes them)',
    of: ALL,
    lost: /^(temperature|top_p): .*(no such|language)/,
  },
  { title: 'stop sequences', of: [CHAT, MESSAGES], lost: /^stop: / },
  { title: 'top_k', of: [MESSAGES], lost: /^top_k: / },
  { title: 'seed, penalties, logit_bias, n', of: [CHAT], lost: /^(seed|logit_bias|n|presence_penalty): / },
  { title: 'log probabilities', of: OPENAI, lost: /^logprobs: (?!Only)/ },
  { title: 'stored answers and conversations', of: [RESPONSES], lost: /^previous_response_id: / },
  { title: 'marks for the prompt cache (`cache_control`)', of: [MESSAGES], lost: /cache_control: / },
  { title: 'a key for the prompt cache', of: OPENAI, lost: /^prompt_cache_key: / },
  { title: 'metadata', of: OPENAI, lost: /^metadata: / },
];

/** What an upstream answers. */
export const ANSWERED: readonly Feature[] = [
  { title: 'text, reasoning as text, calls, counts of tokens', of: ALL, lost: /^(id|model): / },
  { title: 'reasoning sealed by the vendor, to come back', of: ALL, lost: /reasoning\.(opaque|signature): / },
  { title: 'calls of tools that take free text', of: OPENAI, lost: /free text/ },
  { title: 'citations', of: ALL, lost: /(citations|annotations): / },
  { title: 'what hosted tools did', of: [RESPONSES, MESSAGES], lost: /knows this block/ },
  { title: 'log probabilities', of: OPENAI, lost: /^logprobs: / },
  { title: 'several answers', of: [CHAT], lost: /one answer/ },
  { title: 'sound', of: [CHAT], lost: /^audio: / },
  { title: "a vendor's own word for the end (`pause_turn`)", of: [CHAT, MESSAGES], lost: /\]\.finish_reason: / },
];
