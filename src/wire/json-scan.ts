/** Finds and proves the top-level fields of a JSON object on its bytes, so that policy can rely on them without a tree. */
import { GatewayError } from '../core/gateway-error.ts';
import type { Json } from '../core/json.ts';
import type { FieldScan } from '../core/protocol.ts';
import { JsonReader, READ_LIMITS, type MemberSink, type ReadLimits } from './json-reader.ts';
import { foldName, type MemberName } from './member-name.ts';
import { decodeUtf8, decodeUtf8Strict, hasByteOrderMark } from './utf8.ts';

/** A scan that also knows where the keys stand, for splices. */
export interface ObjectScan extends FieldScan {
  /** Start and end offset of a top-level key with its quotes; null when absent. */
  keyRange(key: string): readonly [start: number, end: number] | null;
}

/**
 * Proves that `body` is exactly one JSON object that every reader takes for the same one: valid UTF-8, the grammar of JSON.parse to the
 * last byte, no top-level key twice, every policy key in its plain spelling. Offsets count in `scan.body`, which is `body` without a
 * leading byte order mark. Values of numbers are not judged.
 *
 * Throws GatewayError `bad-json`; `too-deep` beyond `maxDepth` (default 64; the body itself is level 1); `forbidden-key` for `__proto__`
 * and `constructor.prototype` at any depth; `duplicate-key` for a top-level key that occurs twice and for a policy key written in
 * another case or with escapes; `request-too-large` beyond `maxKeys` top-level keys (default 512).
 * @param policyKeys pass the same array each time: what is derived from it is kept
 */
export function scanObject(
  body: Uint8Array,
  policyKeys: readonly string[],
  limits: Partial<ReadLimits> = {},
): ObjectScan {
  const bytes = hasByteOrderMark(body) ? body.subarray(3) : body;
  const { maxDepth = READ_LIMITS.maxDepth, maxKeys = READ_LIMITS.maxKeys } = limits;
  const scan = new Scan(bytes, spellingsOf(policyKeys), maxKeys);
  const reader = new JsonReader(bytes, { maxDepth, maxKeys }, (depth) => (depth === 1 ? scan : null));
  const end = reader.readObject(reader.skipSpace(0), 1, false);
  const rest = reader.skipSpace(end);
  if (rest < bytes.length) throw reader.fault(rest, 'nothing after the object');
  if (reader.sawHighBytes) checkUtf8(bytes);
  scan.end = end - 1;
  scan.arrays = reader.arrays;
  return scan;
}

/**
 * The value that lies in `body[start, end)` of a scanned body, with the proof that no object in it has a key twice. For object values
 * that policy reads. Throws GatewayError `duplicate-key`, and as `scanObject` where the range is not one JSON value.
 */
export function parseUnique(body: Uint8Array, start: number, end: number): Json {
  const bytes = body.subarray(start, end);
  const reader = new JsonReader(bytes, READ_LIMITS, () => new UniqueKeys());
  const rest = reader.skipSpace(reader.readValue(reader.skipSpace(0), 1));
  if (rest < bytes.length) throw reader.fault(rest, 'nothing after the value');
  return parse(bytes, 0, bytes.length);
}

class UniqueKeys implements MemberSink {
  readonly #names = new Set<string>();

  member({ text }: MemberName): void {
    if (this.#names.size === READ_LIMITS.maxKeys) throw tooManyKeys(READ_LIMITS.maxKeys);
    if (this.#names.has(text)) throw duplicate(text, `The key "${text}" occurs twice in one object.`);
    this.#names.add(text);
  }
}

class Scan implements ObjectScan, MemberSink {
  readonly body: Uint8Array;
  readonly keys: string[] = [];
  end = 0;
  arrays = 0;
  /** Four offsets per key: key start and end, value start and end. */
  readonly #marks: number[] = [];
  readonly #spellings: ReadonlyMap<string, string>;
  readonly #maxKeys: number;

  constructor(body: Uint8Array, spellings: ReadonlyMap<string, string>, maxKeys: number) {
    this.body = body;
    this.#spellings = spellings;
    this.#maxKeys = maxKeys;
  }

  member(name: MemberName, keyStart: number, keyEnd: number, start: number, end: number): void {
    const { text } = name;
    const spelling = this.#spellings.get(name.folded);
    if (spelling !== undefined && (spelling !== text || name.escaped)) {
      throw duplicate(spelling, `The key "${spelling}" is written in a way that readers may take differently.`);
    }
    if (this.keys.length === this.#maxKeys) throw tooManyKeys(this.#maxKeys);
    if (this.#find(text) >= 0) throw duplicate(text, `The key "${text}" occurs twice.`);
    // the constant itself where there is one: equal constants are told apart by their address alone
    this.keys.push(spelling ?? text);
    this.#marks.push(keyStart, keyEnd, start, end);
  }

  has(key: string): boolean {
    return this.#find(key) >= 0;
  }

  range(key: string): readonly [start: number, end: number] | null {
    return this.#marksOf(key, 2);
  }

  keyRange(key: string): readonly [start: number, end: number] | null {
    return this.#marksOf(key, 0);
  }

  value(key: string): Json | undefined {
    const range = this.range(key);
    return range === null ? undefined : parse(this.body, range[0], range[1]);
  }

  #marksOf(key: string, which: 0 | 2): readonly [number, number] | null {
    const found = this.#find(key);
    return found < 0 ? null : [this.#marks[found * 4 + which]!, this.#marks[found * 4 + which + 1]!];
  }

  /** Keys are few: a loop that is compiled in place beats `indexOf` and a Map. */
  #find(key: string): number {
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) if (keys[i] === key) return i;
    return -1;
  }
}

/** Spellings of policy keys without case -> as they must be written. */
type Spellings = ReadonlyMap<string, string>;

const compiled = new WeakMap<readonly string[], Spellings>();

function spellingsOf(policyKeys: readonly string[]): Spellings {
  let spellings = compiled.get(policyKeys);
  if (spellings === undefined) {
    spellings = new Map(policyKeys.map((key) => [foldName(key), key]));
    compiled.set(policyKeys, spellings);
  }
  return spellings;
}

function parse(bytes: Uint8Array, start: number, end: number): Json {
  if (end - start === 4 && bytes[start] === 0x74) return true;
  if (end - start === 5 && bytes[start] === 0x66) return false;
  if (end - start <= SHORT) {
    const plain = bytes[start] === 0x22 ? plainText(bytes, start + 1, end - 1) : plainInteger(bytes, start, end);
    if (plain !== null) return plain;
  }
  const value: Json = JSON.parse(decodeUtf8(bytes.subarray(start, end)));
  return value;
}

/** Values up to this many bytes are read here where they are plain: a decoder and a parser cost more than a few characters. */
const SHORT = 64;

/** ASCII without escapes, or null. */
function plainText(bytes: Uint8Array, start: number, end: number): string | null {
  let text = '';
  for (let i = start; i < end; i++) {
    const c = bytes[i] ?? 0;
    if (c === 0x5c || c >= 0x80) return null;
    text += String.fromCharCode(c);
  }
  return text;
}

/** Digits alone, few enough to be exact, or null. */
function plainInteger(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start > 15) return null;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}

function checkUtf8(bytes: Uint8Array): void {
  if (decodeUtf8Strict(bytes) === null) throw new GatewayError('bad-json', 'The body is not valid UTF-8.');
}

function duplicate(key: string, message: string): GatewayError {
  return new GatewayError('duplicate-key', message, { where: key });
}

function tooManyKeys(maxKeys: number): GatewayError {
  return new GatewayError('request-too-large', `An object of the body has more than ${maxKeys} keys.`, {
    hint: 'Send fewer keys.',
  });
}
