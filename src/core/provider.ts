/** A vendor or a server software as data: one frozen row of the catalogue. */
import type { ProtocolId } from './chat.ts';
import type { ReasoningDialect } from './protocol.ts';
import type { ProviderPlace } from './provider-place.ts';

/**
 * What a vendor may serve beside the chat operation of its language: counting the tokens of a request, compacting a conversation, keeping
 * responses (`previous_response_id`, get, cancel, delete, input items), keeping conversations.
 */
export type SideService = 'count-tokens' | 'compact' | 'stored-responses' | 'conversations';

/** How a provider wants its credential. */
export type AuthScheme =
  | { readonly type: 'none' }
  | { readonly type: 'bearer' }
  | { readonly type: 'header'; readonly name: string };

/** Declared differences from the plain protocol. Absent = as the protocol says. */
export interface Quirks {
  /** Top-level request fields that the vendor refuses. */
  readonly unsupported?: readonly string[];
  /** Protocol's field -> vendor's field. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly streamUsage?: boolean;
  readonly systemRole?: 'system' | 'developer';
  readonly usageExcludesReasoning?: boolean;
  readonly toolCallId?: string;
  /** Longest tool name, of letters, digits, `_` and `-`; other names are changed for the request and back in its answer. */
  readonly toolNameLength?: number;
  /** False where a call cannot be forced. */
  readonly forcedTool?: boolean;
  /** Keywords of JSON Schema that the vendor refuses at the top of a tool's schema. */
  readonly schemaTopWithout?: readonly string[];
  /** True where OpenRouter's `provider` object is understood. */
  readonly takesPreferences?: boolean;
  /** `anthropic-beta` flags that this vendor knows. */
  readonly betas?: readonly string[];
}

/** What differs for some models of a vendor. The first entry that fits a model holds, on top of the row. */
export interface ModelHabits {
  /** Model names in lower case; `*` stands for anything. */
  readonly match: readonly string[];
  readonly quirks?: Quirks;
  readonly reasoning?: Partial<ReasoningDialect>;
}

/** One vendor or server software. */
export interface Provider {
  /** Kebab-case; what `provider:` says in the configuration. */
  readonly id: string;
  readonly title: string;
  readonly kind: 'hosted' | 'self-hosted' | 'accelerator';
  /** Wire languages it speaks, preferred first. */
  readonly protocols: readonly ProtocolId[];
  /** Default base URL including the version prefix; null = the operator must say where it runs. */
  readonly baseUrl: string | null;
  readonly auth: AuthScheme;
  /** What is served beside chat; absent = nothing. */
  readonly serves?: readonly SideService[];
  readonly quirks?: Quirks;
  readonly reasoning: ReasoningDialect;
  /** Habits of single models. */
  readonly models?: readonly ModelHabits[];
  /** Where the vendor stands; absent = not known, and for servers one runs oneself. */
  readonly place?: ProviderPlace;
  /** Whether an aborted request stops generation and billing there, or must be read to its end. */
  readonly onDisconnect: 'cancel' | 'drain';
  /** Documentation that this row was written from. */
  readonly docs: string;
}

/** The languages that have each service. */
const SERVICE_LANGUAGES: Readonly<Record<SideService, readonly ProtocolId[]>> = {
  'count-tokens': ['anthropic-messages', 'openai-responses'],
  compact: ['openai-responses'],
  'stored-responses': ['openai-responses'],
  conversations: ['openai-responses'],
};

/** A row that cannot be used; thrown at load, names the row and the rule. */
export class ProviderRowError extends Error {}

/**
 * Checks and freezes a catalogue row.
 * @throws ProviderRowError when the id is not kebab-case, a URL is not http(s), its language lacks a service, or the documentation link is missing
 */
export function defineProvider(row: Provider): Provider {
  const fail = (why: string): never => {
    throw new ProviderRowError(`provider "${row.id}": ${why}`);
  };
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(row.id)) fail('the id must be kebab-case');
  if (row.protocols.length === 0) fail('at least one protocol is needed');
  if (row.baseUrl !== null && !/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/]|embedded:)/.test(row.baseUrl)) {
    fail('the base URL must be https, loopback http, or embedded');
  }
  if (row.baseUrl?.endsWith('/')) fail('the base URL must not end with a slash');
  for (const service of row.serves ?? []) {
    if (!SERVICE_LANGUAGES[service].includes(row.protocols[0]!)) fail(`"${service}" is not in its language`);
  }
  if (!row.docs.startsWith('https://')) fail('a documentation link is needed');
  return Object.freeze({ ...row });
}
