/** Writes GGUF v3 files for tests: any metadata, tensors of random or given floats in f32, f16 or Q8_0. */

/** The tensor types that the writer knows. */
export type TensorType = 'F32' | 'F16' | 'Q8_0';

/** A metadata value with its GGUF type. */
export type Field =
  | { readonly type: 'u32' | 'f32' | 'u64'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'i32s'; readonly value: readonly number[] };

/** A tensor to write; shape as in ggml, fastest dimension first. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly values: Float32Array;
}

const TYPE_IDS = { F32: 0, F16: 1, Q8_0: 8 } as const;
const Q8_BLOCK = 32;

class ByteSink {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  #room(count: number): number {
    if (this.length + count > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    const at = this.length;
    this.length += count;
    return at;
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }
  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }
  i32(value: number): void {
    const at = this.#room(4);
    this.#view.setInt32(at, value, true);
  }
  u64(value: number): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, BigInt(value), true);
  }
  f32(value: number): void {
    const at = this.#room(4);
    this.#view.setFloat32(at, value, true);
  }
  f16(value: number): void {
    const at = this.#room(2);
    this.#view.setFloat16(at, value, true);
  }
  i8(value: number): void {
    const at = this.#room(1);
    this.#view.setInt8(at, value);
  }
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }
  pad(alignment: number): void {
    while (this.length % alignment !== 0) this.u8(0);
  }
  done(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

function writeField(sink: ByteSink, field: Field): void {
  switch (field.type) {
    case 'u32':
      sink.u32(4);
      return sink.u32(field.value);
    case 'f32':
      sink.u32(6);
      return sink.f32(field.value);
    case 'bool':
      sink.u32(7);
      return sink.u8(field.value ? 1 : 0);
    case 'string':
      sink.u32(8);
      return sink.text(field.value);
    case 'u64':
      sink.u32(10);
      return sink.u64(field.value);
    case 'strings':
      sink.u32(9);
      sink.u32(8);
      sink.u64(field.value.length);
      for (const text of field.value) sink.text(text);
      return;
    case 'i32s':
      sink.u32(9);
      sink.u32(5);
      sink.u64(field.value.length);
      for (const item of field.value) sink.i32(item);
  }
}

function tensorBytes({ type, values }: Tensor): number {
  if (type === 'F32') return values.length * 4;
  return type === 'F16' ? values.length * 2 : (values.length / Q8_BLOCK) * 34;
}

function writeData(sink: ByteSink, { type, values }: Tensor): void {
  if (type === 'F32') for (const value of values) sink.f32(value);
  if (type === 'F16') for (const value of values) sink.f16(value);
  if (type !== 'Q8_0') return;
  for (let start = 0; start < values.length; start += Q8_BLOCK) {
    const block = values.subarray(start, start + Q8_BLOCK);
    const scale = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    sink.f16(scale);
    for (const value of block) sink.i8(scale === 0 ? 0 : Math.round(value / scale));
  }
}

/** The bytes of a file. */
export function writeGguf(
  metadata: Readonly<Record<string, Field>>,
  tensors: readonly Tensor[],
  alignment = 32,
): Uint8Array {
  const sink = new ByteSink();
  sink.u32(0x46554747);
  sink.u32(3);
  sink.u64(tensors.length);
  sink.u64(Object.keys(metadata).length);
  for (const [key, field] of Object.entries(metadata)) {
    sink.text(key);
    writeField(sink, field);
  }
  let offset = 0;
  for (const tensor of tensors) {
    sink.text(tensor.name);
    sink.u32(tensor.shape.length);
    for (const size of tensor.shape) sink.u64(size);
    sink.u32(TYPE_IDS[tensor.type]);
    sink.u64(offset);
    offset += Math.ceil(tensorBytes(tensor) / alignment) * alignment;
  }
  sink.pad(alignment);
  for (const tensor of tensors) {
    writeData(sink, tensor);
    sink.pad(alignment);
  }
  return sink.done();
}
