/** What the header of a file of weights says, once every number in it was proven against the file. */
import { ArtifactError } from './artifact-error.ts';
import type { ByteSource } from './byte-source.ts';
import { type GgufHeader, readGguf } from './gguf.ts';
import { finding, type InspectFinding } from './inspect-finding.ts';
import type { TemplateText } from './inspect-template.ts';
import { readSafetensorsHeader } from './safetensors.ts';

/** What a file of weights holds; null where it does not say. */
export interface WeightsFacts {
  readonly file: string;
  readonly format: 'gguf' | 'safetensors';
  readonly tensors: number;
  /** Numbers in all tensors together. */
  readonly parameters: number;
  readonly architecture: string | null;
  /** The type of most of the parameters: `Q4_K`, `BF16`. */
  readonly quantisation: string | null;
  readonly contextTokens: number | null;
}

/** Facts, or why there are none. */
export interface InspectedWeights {
  readonly facts: WeightsFacts | null;
  readonly findings: readonly InspectFinding[];
  readonly templates: readonly TemplateText[];
}

/** Far above published headers of one file, far below what would hurt. */
const SAFETENSORS = { headerBytes: 16 << 20, tensors: 100_000, dimensions: 16 };
/** Converters pad the end of a file to its alignment at most. */
const MAX_PADDING = 65_536;
const TEMPLATE_KEY = 'tokenizer.chat_template';

/** Reads the header of a GGUF file. */
export function inspectGguf(file: string, source: ByteSource): InspectedWeights {
  try {
    const header = readGguf(source);
    const findings = strayBytes(file, [...header.tensors.values()], header.dataOffset, source.size);
    const templates: TemplateText[] = [];
    for (const [where, text] of header.metadata) {
      if (typeof text === 'string' && (where === TEMPLATE_KEY || where.startsWith(`${TEMPLATE_KEY}.`))) {
        templates.push({ file, where, text });
      }
    }
    return { facts: ggufFacts(file, header), findings, templates };
  } catch (error) {
    return refused('bad-gguf', file, error);
  }
}

/** Reads the header of a safetensors file, whose tensors must fill the file exactly. */
export function inspectSafetensors(file: string, source: ByteSource): InspectedWeights {
  try {
    const { tensors } = readSafetensorsHeader(source, SAFETENSORS);
    const sizes = [...tensors.values()].map(({ dtype, shape }) => ({ type: dtype, elements: product(shape) }));
    const facts = { file, format: 'safetensors' as const, architecture: null, contextTokens: null, ...summary(sizes) };
    return { facts, findings: [], templates: [] };
  } catch (error) {
    return refused('bad-safetensors', file, error);
  }
}

function refused(rule: 'bad-gguf' | 'bad-safetensors', file: string, error: unknown): InspectedWeights {
  // Whatever a reader trips over, a RangeError of the runtime among it, is a reason not to load the file.
  const reason = error instanceof ArtifactError ? `${error.message} (${error.code})` : String(error);
  return { facts: null, findings: [finding(rule, 'refuse', file, reason.slice(0, 300))], templates: [] };
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, dimension) => all * dimension, 1);
}

function summary(
  tensors: readonly { readonly type: string; readonly elements: number }[],
): Pick<WeightsFacts, 'tensors' | 'parameters' | 'quantisation'> {
  const byType = new Map<string, number>();
  for (const { type, elements } of tensors) byType.set(type, (byType.get(type) ?? 0) + elements);
  const [most] = [...byType].sort((a, b) => b[1] - a[1]);
  const parameters = tensors.reduce((sum, { elements }) => sum + elements, 0);
  return { tensors: tensors.length, parameters, quantisation: most?.[0] ?? null };
}

function ggufFacts(file: string, { metadata, tensors }: GgufHeader): WeightsFacts {
  const named = metadata.get('general.architecture');
  const architecture = typeof named === 'string' ? named : null;
  const context = metadata.get(`${architecture}.context_length`);
  const contextTokens = typeof context === 'number' || typeof context === 'bigint' ? Number(context) : null;
  const sizes = [...tensors.values()].map(({ type, elements }) => ({ type: type.name, elements }));
  return { file, format: 'gguf', architecture, contextTokens, ...summary(sizes) };
}

/** A hole between two tensors or a tail after the last that is larger than alignment explains. */
function strayBytes(
  file: string,
  tensors: readonly { readonly name: string; readonly offset: number; readonly bytes: number }[],
  dataOffset: number,
  size: number,
): InspectFinding[] {
  let end = dataOffset;
  let stray = 0;
  for (const { offset, bytes } of tensors.toSorted((a, b) => a.offset - b.offset)) {
    if (offset - end >= MAX_PADDING) stray += offset - end;
    end = offset + bytes;
  }
  if (size - end >= MAX_PADDING) stray += size - end;
  return stray === 0 ? [] : [finding('stray-bytes', 'warn', file, `${stray} bytes belong to no tensor`)];
}
