/** The one error of the artifact readers: a stable code, a place in the file, and a sentence. */

/** Why a model file is refused. */
export type ArtifactCode =
  /** The file does not begin as this format does. */
  | 'wrong-format'
  /** The format's version is not read here. */
  | 'unsupported-version'
  /** The file ends before what it announces. */
  | 'truncated'
  /** A count, length or size is larger than the limits allow. */
  | 'limit-exceeded'
  /** A value is not of the kind that its place demands: not UTF-8, not a known type, not JSON. */
  | 'malformed'
  /** A key or tensor name occurs twice. */
  | 'duplicate-name'
  /** The alignment is not a power of two, or an offset does not keep to it. */
  | 'misaligned'
  /** Tensor data lies outside the file, overlaps, or does not have the size that its shape and type demand. */
  | 'bad-range'
  /** A tensor's type is not known. */
  | 'unknown-type'
  /** Something that the reader of the contents needs is absent. */
  | 'missing'
  /** What the contents say is well formed but cannot be used here. */
  | 'unsupported';

/** A model file that is not what it says. `message` says what is wrong and where. */
export class ArtifactError extends Error {
  readonly code: ArtifactCode;
  /** A metadata key, a tensor name, or `header`. */
  readonly where: string;
  /** The message without the place. */
  readonly what: string;

  constructor(code: ArtifactCode, where: string, what: string) {
    super(`${where}: ${what}`);
    this.name = 'ArtifactError';
    this.code = code;
    this.where = where;
    this.what = what;
  }
}
