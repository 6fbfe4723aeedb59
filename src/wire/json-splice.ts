/** Changes single fields of a JSON object in one copy and leaves every other byte as it came. */
import { GatewayError } from '../core/gateway-error.ts';
import type { Json } from '../core/json.ts';
import type { ObjectScan } from './json-scan.ts';
import { findValue, holdsAt, skipBlanks } from './json-skip.ts';
import { encodeUtf8, takeBytes } from './slab.ts';

/**
 * One change at the top level. `replace`: the value of a key that is there. `rename`: a key, where it is there; its value stays as
 * written. `append`: a new key behind the last. `remove`: a key that is there, with its value; one at most.
 */
export type Edit =
  | { readonly kind: 'replace'; readonly key: string; readonly value: Json }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'append'; readonly key: string; readonly value: Json }
  | { readonly kind: 'remove'; readonly key: string };

interface Patch {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

const OPEN_OBJECT = 0x7b;
const QUOTE = 0x22;
const COMMA = 0x2c;
const NO_BYTES = new Uint8Array(0);

/**
 * The body with `edits` applied; the body itself where nothing changes. Throws GatewayError `duplicate-key` when a rename leads to a key
 * that is there, and `internal` for edits that contradict the scan or each other.
 */
export function spliceBody(scan: ObjectScan, edits: readonly Edit[]): Uint8Array {
  const patches: Patch[] = [];
  let appended = '';
  for (const edit of edits) {
    if (edit.kind === 'append') appended += `,${JSON.stringify(edit.key)}:${JSON.stringify(edit.value)}`;
    else {
      const patch = patchOf(scan, edit);
      if (patch !== null) patches.push(patch);
    }
  }
  checkKeys(scan, edits);
  patches.sort((a, b) => a.start - b.start);
  if (appended !== '') {
    const left = scan.keys.length - edits.filter(({ kind }) => kind === 'remove').length;
    const bytes = encodeUtf8(left === 0 ? appended.slice(1) : appended);
    patches.push({ start: scan.end, end: scan.end, bytes });
  }
  return patches.length === 0 ? scan.body : apply(scan.body, patches);
}

function patchOf(scan: ObjectScan, edit: Exclude<Edit, { readonly kind: 'append' }>): Patch | null {
  if (edit.kind === 'replace') return replacement(scan, edit.key, edit.value);
  return edit.kind === 'rename' ? renaming(scan, edit.from, edit.to) : removal(scan, edit.key);
}

/** A key and its value with the one comma that they no longer need. */
function removal(scan: ObjectScan, key: string): Patch {
  const [name, value] = [scan.keyRange(key), scan.range(key)];
  if (name === null || value === null) throw new GatewayError('internal', `There is no key "${key}" to remove.`);
  const after = skipBlanks(scan.body, value[1]);
  if (scan.body[after] === COMMA) return { start: name[0], end: after + 1, bytes: NO_BYTES };
  let before = name[0] - 1;
  while (scan.body[before] !== COMMA && scan.body[before] !== OPEN_OBJECT) before--;
  return { start: scan.body[before] === COMMA ? before : name[0], end: value[1], bytes: NO_BYTES };
}

function replacement(scan: ObjectScan, key: string, value: Json): Patch {
  const range = scan.range(key);
  if (range === null) throw new GatewayError('internal', `There is no key "${key}" to replace.`);
  return { start: range[0], end: range[1], bytes: encodeUtf8(JSON.stringify(value)) };
}

function renaming(scan: ObjectScan, from: string, to: string): Patch | null {
  const range = scan.keyRange(from);
  return range === null ? null : { start: range[0], end: range[1], bytes: encodeUtf8(JSON.stringify(to)) };
}

/** No key twice in what comes out. */
function checkKeys(scan: ObjectScan, edits: readonly Edit[]): void {
  if (edits.every(({ kind }) => kind === 'replace' || kind === 'remove')) return;
  const names = new Map<string, string>();
  for (const edit of edits) if (edit.kind === 'rename') names.set(edit.from, edit.to);
  const seen = new Set<string>();
  for (const key of scan.keys) {
    const name = names.get(key) ?? key;
    if (seen.has(name)) {
      throw new GatewayError('duplicate-key', `Two keys of the body are the one that the backend calls "${name}".`, {
        where: name,
      });
    }
    seen.add(name);
  }
  for (const edit of edits) {
    if (edit.kind !== 'append') continue;
    if (seen.has(edit.key))
      throw new GatewayError('internal', `The key "${edit.key}" cannot be appended: it is there.`);
    seen.add(edit.key);
  }
}

/** Copies `body` with each patch in place of its range; patches come in order. */
function apply(body: Uint8Array, patches: readonly Patch[]): Uint8Array {
  let length = body.length;
  for (const { start, end, bytes } of patches) length += bytes.length - (end - start);
  const out = takeBytes(length);
  let from = 0;
  let to = 0;
  for (const { start, end, bytes } of patches) {
    if (start < from) throw new GatewayError('internal', 'Two edits change the same place.');
    out.set(body.subarray(from, start), to);
    out.set(bytes, to + start - from);
    to += start - from + bytes.length;
    from = end;
  }
  out.set(body.subarray(from), to);
  return out;
}

const TOP_LEVEL_MODEL: readonly string[] = Object.freeze(['model']);
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * An answer with the model's name changed: `bytes` are a JSON object, or one whole SSE event whose data is one. Null when nothing is to
 * change: no string at `path`, the name already equal, or bytes that are not readable that far (their reader judges them, not the splice).
 * @param path where the name stands, for example `['response', 'model']`
 */
export function spliceModel(
  bytes: Uint8Array,
  model: string,
  path: readonly string[] = TOP_LEVEL_MODEL,
): Uint8Array | null {
  const object = objectStart(bytes);
  const range = object === -1 ? null : findValue(bytes, object, path);
  if (range === null || bytes[range[0]] !== QUOTE) return null;
  const [start, end] = range;
  if (PLAIN.test(model)) {
    return end - start - 2 === model.length && holdsAt(bytes, start + 1, model)
      ? null
      : splicePlain(bytes, start, end, model);
  }
  const patch = { start, end, bytes: encodeUtf8(JSON.stringify(model)) };
  return isEqual(bytes.subarray(start, end), patch.bytes) ? null : apply(bytes, [patch]);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** As `apply` for one name that needs neither escapes nor an encoder. */
function splicePlain(bytes: Uint8Array, start: number, end: number, model: string): Uint8Array {
  const out = takeBytes(start + model.length + 2 + bytes.length - end);
  out.set(bytes.subarray(0, start));
  out[start] = QUOTE;
  for (let i = 0; i < model.length; i++) out[start + 1 + i] = model.charCodeAt(i);
  out[start + 1 + model.length] = QUOTE;
  out.set(bytes.subarray(end), start + model.length + 2);
  return out;
}

/** Where the JSON object begins: at the first byte of a body, or behind `data:` in an event; -1 when there is none. */
function objectStart(bytes: Uint8Array): number {
  const first = skipBlanks(bytes, bytes[0] === 0xef ? 3 : 0);
  if (bytes[first] === OPEN_OBJECT) return first;
  for (let line = first; line < bytes.length; line = nextLine(bytes, line)) {
    if (!holdsAt(bytes, line, 'data:')) continue;
    const at = skipBlanks(bytes, line + 5);
    return bytes[at] === OPEN_OBJECT ? at : -1;
  }
  return -1;
}

function nextLine(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++;
  return at + 1;
}
