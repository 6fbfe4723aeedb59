/** Reads the typed values of GGUF metadata. */
import { ArtifactError } from './artifact-error.ts';
import type { ByteCursor } from './byte-source.ts';
import type { GgufLimits } from './gguf-limits.ts';

/** A metadata value; 64-bit integers are bigint, arrays are of one kind and never nested. */
export type GgufValue = boolean | number | bigint | string | readonly boolean[] | readonly string[] | GgufNumbers;

/** An array of numbers as it lies in the file. */
export type GgufNumbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | BigUint64Array
  | BigInt64Array
  | Float64Array;

interface Numeric {
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number | bigint;
  readonly many: (view: DataView, count: number) => GgufNumbers;
}

const NUMERIC: ReadonlyMap<number, Numeric> = new Map<number, Numeric>([
  [0, { bytes: 1, read: (v, o) => v.getUint8(o), many: (v, n) => new Uint8Array(n).map((_, i) => v.getUint8(i)) }],
  [1, { bytes: 1, read: (v, o) => v.getInt8(o), many: (v, n) => new Int8Array(n).map((_, i) => v.getInt8(i)) }],
  [
    2,
    {
      bytes: 2,
      read: (v, o) => v.getUint16(o, true),
      many: (v, n) => new Uint16Array(n).map((_, i) => v.getUint16(i * 2, true)),
    },
  ],
  [
    3,
    {
      bytes: 2,
      read: (v, o) => v.getInt16(o, true),
      many: (v, n) => new Int16Array(n).map((_, i) => v.getInt16(i * 2, true)),
    },
  ],
  [
    4,
    {
      bytes: 4,
      read: (v, o) => v.getUint32(o, true),
      many: (v, n) => new Uint32Array(n).map((_, i) => v.getUint32(i * 4, true)),
    },
  ],
  [
    5,
    {
      bytes: 4,
      read: (v, o) => v.getInt32(o, true),
      many: (v, n) => new Int32Array(n).map((_, i) => v.getInt32(i * 4, true)),
    },
  ],
  [
    6,
    {
      bytes: 4,
      read: (v, o) => v.getFloat32(o, true),
      many: (v, n) => new Float32Array(n).map((_, i) => v.getFloat32(i * 4, true)),
    },
  ],
  [
    10,
    {
      bytes: 8,
      read: (v, o) => v.getBigUint64(o, true),
      many: (v, n) => new BigUint64Array(n).map((_, i) => v.getBigUint64(i * 8, true)),
    },
  ],
  [
    11,
    {
      bytes: 8,
      read: (v, o) => v.getBigInt64(o, true),
      many: (v, n) => new BigInt64Array(n).map((_, i) => v.getBigInt64(i * 8, true)),
    },
  ],
  [
    12,
    {
      bytes: 8,
      read: (v, o) => v.getFloat64(o, true),
      many: (v, n) => new Float64Array(n).map((_, i) => v.getFloat64(i * 8, true)),
    },
  ],
]);

const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
/** A string takes at least its own length field. */
const STRING_BYTES = 8;

/** A string: 64-bit length, then UTF-8. */
export function readText(cursor: ByteCursor, where: string, limit: number): string {
  return cursor.text(cursor.count(where, limit), where);
}

/** One value with its type before it. */
export function readValue(cursor: ByteCursor, where: string, limits: GgufLimits): GgufValue {
  const type = cursor.u32(where);
  if (type === BOOL) return readBool(cursor, where);
  if (type === STRING) return readText(cursor, where, limits.stringBytes);
  if (type === ARRAY) return readArray(cursor, where, limits);
  const numeric = NUMERIC.get(type);
  if (numeric === undefined) throw new ArtifactError('malformed', where, `value type ${type} is not known`);
  return numeric.read(cursor.view(numeric.bytes, where), 0);
}

function readArray(cursor: ByteCursor, where: string, limits: GgufLimits): GgufValue {
  const type = cursor.u32(where);
  const count = cursor.count(where, limits.arrayItems);
  const numeric = NUMERIC.get(type);
  const itemBytes = numeric?.bytes ?? (type === STRING ? STRING_BYTES : 1);
  if (count * itemBytes > cursor.remaining) {
    throw new ArtifactError('truncated', where, `an array of ${count} items does not fit into the rest of the file`);
  }
  if (numeric !== undefined) return numeric.many(cursor.view(count * numeric.bytes, where), count);
  if (type === STRING) return Array.from({ length: count }, () => readText(cursor, where, limits.stringBytes));
  if (type === BOOL) return Array.from({ length: count }, () => readBool(cursor, where));
  throw new ArtifactError('malformed', where, `an array of type ${type} is not read`);
}

function readBool(cursor: ByteCursor, where: string): boolean {
  const value = cursor.u8(where);
  if (value > 1) throw new ArtifactError('malformed', where, `${value} is not a truth value`);
  return value === 1;
}
