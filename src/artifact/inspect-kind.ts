/** Tells what a file is by its bytes and what it claims to be by its name. */
import type { ByteSource } from './byte-source.ts';
import { isPickle } from './inspect-pickle.ts';

/** What the bytes are; `other` is anything that nothing here knows. */
export type FileKind = 'gguf' | 'safetensors' | 'pickle' | 'archive' | 'code' | 'array' | 'other';

/** What the name promises; `plain` promises nothing. */
export type NameKind = FileKind | 'json' | 'template' | 'text' | 'plain';

const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const magic = (kind: FileKind, text: string, at = 0): { kind: FileKind; bytes: Uint8Array; at: number } => ({
  kind,
  bytes: latin(text),
  at,
});

/** First bytes, the more telling first. */
const MAGIC = [
  magic('gguf', 'GGUF'),
  magic('archive', 'PK\u0003\u0004'),
  magic('archive', 'PK\u0005\u0006'),
  magic('archive', '7z\u00bc\u00af\u0027\u001c'),
  magic('archive', '\u001f\u008b'),
  magic('archive', 'BZh'),
  magic('archive', '\u00fd7zXZ\u0000'),
  magic('archive', '\u0028\u00b5\u002f\u00fd'),
  magic('archive', '\u0004\u0022\u004d\u0018'),
  magic('archive', 'Rar!\u001a\u0007'),
  magic('archive', '!<arch>\n'),
  magic('archive', 'MSCF\u0000\u0000\u0000\u0000'),
  magic('archive', 'ustar', 257),
  magic('code', '\u007fELF'),
  magic('code', 'MZ'),
  magic('code', '#!'),
  magic('code', '\u0000asm'),
  magic('code', '\u00ca\u00fe\u00ba\u00be'),
  ...['\u00ce', '\u00cf'].map((last) => magic('code', `${last}\u00fa\u00ed\u00fe`)),
  magic('array', '\u0093NUMPY'),
  magic('array', '\u0089HDF\r\n\u001a\n'),
];

const NAMES: ReadonlyMap<string, NameKind> = new Map<string, NameKind>([
  ...['pkl', 'pickle', 'pt', 'pth', 'bin', 'ckpt', 'joblib', 'dill', 'mar', 'pt2'].map((e) => [e, 'pickle'] as const),
  ...['zip', 'tar', 'gz', 'tgz', 'bz2', 'xz', 'zst', '7z', 'rar', 'lz4', 'whl', 'jar', 'nemo', 'npz', 'keras'].map(
    (e) => [e, 'archive'] as const,
  ),
  ...[
    'py',
    'pyc',
    'pyo',
    'pyd',
    'pyw',
    'so',
    'dll',
    'dylib',
    'exe',
    'sh',
    'bash',
    'bat',
    'cmd',
    'ps1',
    'pb',
    'engine',
    'plan',
    'llamafile',
  ].map((e) => [e, 'code'] as const),
  ...['npy', 'h5', 'hdf5'].map((e) => [e, 'array'] as const),
  ...['gguf', 'safetensors', 'json'].map((e) => [e, e as NameKind] as const),
  ...['jinja', 'jinja2', 'j2'].map((e) => [e, 'template'] as const),
  ...['md', 'txt', 'yaml', 'yml', 'csv', 'jsonl', 'html', 'rst', 'toml', 'gitattributes'].map(
    (e) => [e, 'text'] as const,
  ),
]);

/** What the last extension of a name promises; upper case counts as lower case. */
export function kindOfName(name: string): NameKind {
  const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  // model.so.1 and the like
  if (/\.so(\.\d+)+$/.test(base)) return 'code';
  return NAMES.get(base.slice(base.lastIndexOf('.') + 1)) ?? 'plain';
}

/** Enough for every magic and for the opening of a pickle. */
const HEAD_BYTES = 65_536;
/** A ZIP's end record and the longest comment after it. */
const TAIL_BYTES = 22 + 65_535;

/** What the bytes are, from their beginning. A pickle without a protocol byte is looked for where the name is no text. */
export function kindOfBytes(source: ByteSource, name: NameKind): FileKind {
  const head = source.read(0, Math.min(source.size, HEAD_BYTES));
  const found = MAGIC.find(({ bytes, at }) => bytes.every((byte, i) => head[at + i] === byte));
  if (found !== undefined) return found.kind;
  if (isPickle(head, name === 'json' || name === 'text' || name === 'template')) return 'pickle';
  return isSafetensors(head, source.size) ? 'safetensors' : 'other';
}

/** A length that lies inside the file and the brace of a JSON object after it. */
function isSafetensors(head: Uint8Array, size: number): boolean {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(size - 8);
}

/** True when the file ends as a ZIP does, whatever it begins with: unpackers look at the end. */
export function endsAsZip(source: ByteSource): boolean {
  const length = Math.min(source.size, TAIL_BYTES);
  const tail = source.read(source.size - length, length);
  for (let at = length - 22; at >= 0; at--) {
    if (tail[at] !== 0x50 || tail[at + 1] !== 0x4b || tail[at + 2] !== 5 || tail[at + 3] !== 6) continue;
    if (at + 22 + (tail[at + 20] ?? 0) + (tail[at + 21] ?? 0) * 256 === length) return true;
  }
  return false;
}
