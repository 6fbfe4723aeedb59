/** Strict JSON of a stranger, read part by part: each part knows its place and refuses what does not belong there. */
import { ArtifactError } from '../artifact/artifact-error.ts';
import { checkJsonKeys } from '../artifact/json-keys.ts';
import { decodeUtf8Strict } from '../wire/utf8.ts';
import type { TrustRule } from './rules.ts';
import { TrustError } from './trust-error.ts';

/** Deepest nesting; the statement and the bundle need less than ten. */
const MAX_DEPTH = 32;

/** The rules that a document breaks when it is no JSON, and when a part has the wrong form. */
export interface PartRules {
  readonly json: TrustRule;
  readonly shape: TrustRule;
}

/**
 * Reads a document of UTF-8 JSON without repeated keys.
 * @throws TrustError `rules.json`, `bundle-duplicate-key`, `bundle-too-deep`
 */
export function readJson(bytes: Uint8Array, where: string, rules: PartRules): JsonPart {
  const text = decodeUtf8Strict(bytes);
  if (text === null) throw new TrustError(rules.json, where, 'not UTF-8');
  try {
    checkJsonKeys(text, MAX_DEPTH);
    return new JsonPart(JSON.parse(text), where, '', rules);
  } catch (error) {
    throw toTrustError(error, where, rules);
  }
}

function toTrustError(error: unknown, where: string, rules: PartRules): unknown {
  if (error instanceof SyntaxError) return new TrustError(rules.json, where, 'not JSON');
  if (!(error instanceof ArtifactError)) return error;
  if (error.code === 'duplicate-name') {
    return new TrustError('bundle-duplicate-key', where, `the key ${JSON.stringify(error.where)} occurs twice`);
  }
  const isDeep = error.code === 'limit-exceeded';
  return new TrustError(isDeep ? 'bundle-too-deep' : rules.json, where, isDeep ? error.what : 'not JSON');
}

/** A value at a place of a document. Every reading of the wrong form throws the rule of the document's form. */
export class JsonPart {
  /** As JSON.parse made it. */
  readonly value: unknown;
  readonly #document: string;
  readonly #path: string;
  readonly #rules: PartRules;

  constructor(value: unknown, document: string, path: string, rules: PartRules) {
    this.value = value;
    this.#document = document;
    this.#path = path;
    this.#rules = rules;
  }

  /** Where it is, for messages: the document and the path in it. */
  get where(): string {
    return this.#path === '' ? this.#document : `${this.#document} ${this.#path}`;
  }

  /** The same part; what has the wrong form in it breaks another rule. */
  under(shape: TrustRule): JsonPart {
    return new JsonPart(this.value, this.#document, this.#path, { ...this.#rules, shape });
  }

  /** The member; null when it is absent. */
  maybe(key: string): JsonPart | null {
    const members = this.#members();
    if (!Object.hasOwn(members, key)) return null;
    return this.#inner(members[key], this.#path === '' ? key : `${this.#path}.${key}`);
  }

  /** The member, which must be there. */
  get(key: string): JsonPart {
    return this.maybe(key) ?? this.refuse(`has no ${key}`);
  }

  /** Itself, an object with no other members than these. */
  only(keys: readonly string[]): this {
    const other = Object.keys(this.#members()).find((key) => !keys.includes(key));
    return other === undefined ? this : this.refuse(`has an unknown member ${JSON.stringify(other)}`);
  }

  /** The elements. */
  list(): JsonPart[] {
    if (!Array.isArray(this.value)) this.refuse('is not an array');
    return this.value.map((value, i) => this.#inner(value, `${this.#path}[${i}]`));
  }

  /** The text, not empty. */
  text(): string {
    return typeof this.value === 'string' && this.value !== '' ? this.value : this.refuse('is not a text');
  }

  /** The truth value. */
  flag(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.refuse('is neither true nor false');
  }

  /** The whole number above zero. */
  amount(): number {
    const { value } = this;
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
      ? value
      : this.refuse('is not a whole number above zero');
  }

  /** Refuses the part. */
  refuse(what: string, rule: TrustRule = this.#rules.shape): never {
    throw new TrustError(rule, this.where, what);
  }

  #members(): Readonly<Record<string, unknown>> {
    const { value } = this;
    if (isObject(value)) return value;
    return this.refuse('is not an object');
  }

  #inner(value: unknown, path: string): JsonPart {
    return new JsonPart(value, this.#document, path, this.#rules);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
