/** How much a GGUF file may announce before it is refused. */

/** Upper bounds on what a file may announce. */
export interface GgufLimits {
  readonly metadata: number;
  readonly tensors: number;
  /** Bytes of one string value. */
  readonly stringBytes: number;
  /** Elements of one array. */
  readonly arrayItems: number;
  /** Bytes of one metadata key; the format allows 65535. */
  readonly keyBytes: number;
  /** Bytes of one tensor name; the format allows 64. */
  readonly nameBytes: number;
  readonly alignment: number;
  /** Bytes from the file's start to the end of the tensor list. */
  readonly headerBytes: number;
}

/** Room for the largest published vocabularies, and far below what would hurt. */
export const GGUF_LIMITS: GgufLimits = Object.freeze({
  metadata: 4096,
  tensors: 100_000,
  stringBytes: 4_194_304,
  arrayItems: 2_097_152,
  keyBytes: 256,
  nameBytes: 64,
  alignment: 65_536,
  headerBytes: 67_108_864,
});
