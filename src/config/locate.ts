/** From a place in the tree back to its offsets in the text. */
import { isAlias, isMap, isScalar, isSeq, Scalar, type Document, type Node } from 'yaml';
import type { ConfigFinding } from '../core/config.ts';
import { keyText } from './tree.ts';
import type { Span, YamlText } from './yaml.ts';

/** A node with the key that leads to it. */
interface Found {
  readonly key: Node | null;
  readonly value: Node | null;
  /** False when the path ends above its last step: there is no such place. */
  readonly complete: boolean;
}

/**
 * Where to point: the scalar of `at` (its key with `onKey`), at `offset` inside the scalar's text if given. Maps and lists
 * are pointed at by their key, places that do not exist by the nearest place above them.
 */
export function locate(yaml: YamlText, { at, onKey, offset }: ConfigFinding): Span {
  const { key, value, complete } = find(yaml.document, at);
  const keySpan = spanOf(key);
  const valueSpan = spanOf(value);
  if (onKey === true && complete && keySpan !== null) return keySpan;
  if (complete && isScalar(value) && valueSpan !== null && valueSpan.end > valueSpan.start) {
    if (offset === undefined || typeof value.value !== 'string') return valueSpan;
    const start = sourceOffset(yaml.text, value, valueSpan, offset);
    return { start, end: start + 1 };
  }
  if (keySpan !== null) return keySpan;
  const start = valueSpan?.start ?? 0;
  return value === yaml.document.contents || valueSpan === null ? { start, end: start } : valueSpan;
}

function find(document: Document, at: ConfigFinding['at']): Found {
  let key: Node | null = null;
  let value = follow(document, document.contents);
  for (const step of at) {
    if (isMap(value)) {
      const pair = value.items.find((item) => keyText(item.key) === String(step));
      if (pair === undefined) return { key, value, complete: false };
      key = isScalar(pair.key) ? pair.key : null;
      value = follow(document, pair.value);
    } else if (isSeq(value) && typeof step === 'number' && step < value.items.length) {
      key = null;
      value = follow(document, value.items[step]);
    } else {
      return { key, value, complete: false };
    }
  }
  return { key, value, complete: true };
}

function follow(document: Document, node: unknown): Node | null {
  if (isAlias(node)) return node.resolve(document) ?? node;
  return isScalar(node) || isMap(node) || isSeq(node) ? node : null;
}

function spanOf(node: Node | null): Span | null {
  return node?.range ? { start: node.range[0], end: node.range[1] } : null;
}

/**
 * The offset in the source of a character of a scalar's text. Walks both together: white space may be folded, quotes doubled
 * and characters escaped.
 */
function sourceOffset(text: string, { value, type }: Scalar, { start, end }: Span, offset: number): number {
  const wanted = String(value).slice(0, offset);
  let at = start + (type === Scalar.PLAIN ? 0 : 1);
  if (type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED) at = text.indexOf('\n', start) + 1;
  for (const character of wanted) {
    if (!/\s/.test(character)) at = skipSpace(text, at, end);
    else if (!/\s/.test(text[at] ?? '') && !isEscape(text, at, type)) continue;
    at += lengthOf(text, at, type);
  }
  if (/\S/.test(String(value)[offset] ?? '')) at = skipSpace(text, at, end);
  return Math.min(at, Math.max(start, end - 1));
}

function skipSpace(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && /\s/.test(text[at]!)) at++;
  return at;
}

/** How many characters of the source stand for the next one of the value. */
function lengthOf(text: string, at: number, type: Scalar['type']): number {
  if (isEscape(text, at, type)) return { x: 4, u: 6, U: 10 }[text[at + 1] ?? ''] ?? 2;
  if (type === Scalar.QUOTE_SINGLE && text[at] === "'") return 2;
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}

function isEscape(text: string, at: number, type: Scalar['type']): boolean {
  return type === Scalar.QUOTE_DOUBLE && text[at] === '\\';
}
