/** What every vendor's SDK is asked for in the same words, so that one suite holds them all. */

/** Where a client calls. */
export interface Place {
  /** The gateway's URL, without a path. */
  readonly url: string;
  readonly model: string;
}

/** One question. */
export interface Ask {
  readonly stream: boolean;
  readonly prompt?: string;
  /** Base64 of a PNG image or a PDF document that goes along. */
  readonly image?: string;
  readonly document?: string;
  /** JSON Schema that the answer must obey. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** What the tools return; with it, calls are answered until the model says text. */
  readonly tools?: (name: string, input: unknown) => string;
  /** Asks for reasoning that is shown. */
  readonly reasoning?: true;
  /** Called with every piece of a streamed text. */
  readonly onText?: () => void;
  readonly signal?: AbortSignal;
}

/** A call as the application sees it. */
export interface GotCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What the application got at the end. */
export interface Got {
  readonly text: string;
  readonly reasoning: string;
  /** Calls of the first answer. */
  readonly calls: readonly GotCall[];
  readonly finish: string | null | undefined;
  /** Of the last answer. */
  readonly tokens: readonly [input: number | undefined, output: number | undefined];
  readonly model: string | undefined;
}

/** One vendor's SDK. */
export interface SdkClient {
  readonly name: string;
  /** The wire language it speaks. */
  readonly speaks: 'openai-chat' | 'openai-responses' | 'anthropic-messages';
  /** Its word for the end of a text and of calls. */
  readonly finishes: { readonly text: string; readonly calls: string };
  /** What it throws for a refusal. */
  readonly errors: {
    readonly notFound: ErrorClass;
    readonly rateLimit: ErrorClass;
    readonly badRequest: ErrorClass;
    readonly server: ErrorClass;
  };
  ask(place: Place, ask: Ask): Promise<Got>;
}

/** A class of errors. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** The tools of every question that has some. */
export const TOOLS = [
  {
    name: 'weather',
    description: 'Weather of a city.',
    schema: { type: 'object', properties: { city: { type: 'string' } } },
  },
  { name: 'now', description: 'The time.', schema: { type: 'object', properties: {} } },
] as const;

/** The prompt where none is given. */
export const PROMPT = 'What is the deepest line of a river called?';
