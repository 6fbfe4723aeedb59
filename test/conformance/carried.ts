/** Finds what a translation left out in silence: every value of the one body must stand in the other, or a loss must name it. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Loss } from '../../src/core/loss.ts';
import { openSealedReasoning } from '../../src/core/sealed-reasoning.ts';

/**
 * A value of a body. `path` has no numbers of lists; `kinds` are the types of all elements of lists around it, `within` the places of
 * those elements.
 */
interface Leaf {
  readonly path: string;
  readonly value: string | number | boolean;
  readonly kinds: readonly string[];
  readonly within: readonly string[];
}

/** A value that goes in other words or by design does not go: which, and why nobody has to be told. */
export interface Otherwise {
  readonly path: RegExp;
  /** Absent = whatever it says. */
  readonly value?: RegExp;
  readonly why: string;
}

/** Types of elements that every language has; an element of another type goes as a whole or not at all. */
const COMMON = new Set(
  (
    'text input_text output_text refusal image image_url input_image document file input_file tool_use tool_result function ' +
    'function_call function_call_output message thinking redacted_thinking reasoning reasoning_text summary_text'
  ).split(' '),
);

/** Losses name wishes in the words of the block model, clients in those of their language. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  budgetTokens: ['budget_tokens'],
  effort: ['reasoning_effort'],
  reasoning: [
    'thinking',
    'reasoning_content',
    'reasoning_details',
    'reasoning_text',
    'summary_text',
    'summary',
    'encrypted_content',
  ],
  summary: ['display'],
  tool_choice: ['tools'],
  opaque: ['data', 'encrypted_content', 'signature'],
  stop: ['stop_sequences'],
  logprobs: ['top_logprobs'],
  response_format: ['output_config', 'output_format', 'text'],
};

/** The paths of values that are neither said, nor named in a loss, nor said otherwise. */
export function silentlyGone(
  before: JsonObject,
  after: JsonObject,
  losses: readonly Loss[],
  otherwise: readonly Otherwise[],
): readonly string[] {
  const said = leavesOf(after);
  const words = said.map(({ value }) => String(value)).join('\n');
  const values = new Set(said.map(({ value }) => value));
  const switches = new Set(said.map(({ path, value }) => `${lastKey(path)}=${String(value)}`));
  const named = new Set(losses.flatMap(({ field }) => namesOf(field)));
  const isWholeLost = losses.some(({ field }) => field.endsWith(']'));
  const isSaid = ({ path, value }: Leaf): boolean => {
    if (typeof value === 'string') return words.includes(value);
    return typeof value === 'number' ? values.has(value) : switches.has(`${lastKey(path)}=${String(value)}`);
  };
  const isNamed = ({ path, kinds }: Leaf): boolean =>
    path.split('.').some((key) => named.has(key)) ||
    kinds.some((kind) => named.has(kind) || (isWholeLost && !COMMON.has(kind)));
  const isOtherwise = (leaf: Leaf): boolean =>
    otherwise.some(({ path, value }) => path.test(leaf.path) && value?.test(String(leaf.value)) !== false);
  const meant = leavesOf(before).filter((leaf) => !isOtherwise(leaf));
  const gone = meant.filter((leaf) => !isSaid(leaf));
  // an element of which nothing at all is said was lost as a whole
  const alive = new Set(meant.filter(isSaid).flatMap(({ within }) => within));
  const places = new Set(losses.map(({ field }) => field));
  const isInLost = ({ within }: Leaf): boolean =>
    within.some((place) => places.has(place) || (isWholeLost && !alive.has(place)));
  return [...new Set(gone.filter((leaf) => !isNamed(leaf) && !isInLost(leaf)).map(({ path }) => path))];
}

function namesOf(field: string): readonly string[] {
  const name = lastKey(field.replaceAll(/\[\d+\]/g, ''));
  return field.endsWith(']') ? [] : [name, ...(SPELLINGS[name] ?? [])];
}

function lastKey(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

interface Around {
  readonly path: string;
  /** The path with its numbers. */
  readonly at: string;
  readonly kinds: readonly string[];
  readonly within: readonly string[];
}

/** All values that say something. JSON within text, data URLs and our own seals are looked into. */
function leavesOf(
  value: Json | undefined,
  around: Around = { path: '', at: '', kinds: [], within: [] },
): readonly Leaf[] {
  if (value === null || value === undefined || value === '') return [];
  const { path, at, kinds, within } = around;
  if (isJsonArray(value)) {
    return value.flatMap((one, i) => {
      const kind = isJsonObject(one) && typeof one['type'] === 'string' ? [one['type']] : [];
      const place = `${at}[${i}]`;
      return leavesOf(one, { path, at: place, kinds: [...kinds, ...kind], within: [...within, place] });
    });
  }
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([key, inner]) =>
      leavesOf(inner, { ...around, path: joined(path, key), at: joined(at, key) }),
    );
  }
  const inside = typeof value === 'string' ? lookInto(value) : null;
  return inside === null ? [{ path, value, kinds, within }] : leavesOf(inside, around);
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function lookInto(text: string): Json | null {
  const sealed = openSealedReasoning(text);
  if (sealed !== null) return sealed as Json;
  const [, type, data] = /^data:([^;,]+);base64,(.+)$/s.exec(text) ?? [];
  if (type !== undefined && data !== undefined) return [type, data];
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const parsed = JSON.parse(text) as Json;
    return isJsonObject(parsed) || isJsonArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
