/** What kind of data a request carries: classes in order, labels, and why; found before the policy decides. */

/** The classes from the least to the most protected; the position is the rank. */
export const DATA_CLASSES = Object.freeze(['PUBLIC', 'INTERNAL', 'CONFIDENTIAL', 'RESTRICTED'] as const);

/** The name of a class, as traces and expressions write it. */
export type DataClassName = (typeof DATA_CLASSES)[number];

/** The rank of a class: 0 = PUBLIC … 3 = RESTRICTED. */
export type DataClass = 0 | 1 | 2 | 3;

/** The name of a class, as the file writes it. */
export type DataClassWord = Lowercase<DataClassName>;

/** The rank of a name in any case; null = no class has it. */
export function dataClassOf(word: string): DataClass | null {
  switch (word.toUpperCase()) {
    case 'PUBLIC':
      return 0;
    case 'INTERNAL':
      return 1;
    case 'CONFIDENTIAL':
      return 2;
    case 'RESTRICTED':
      return 3;
    default:
      return null;
  }
}

/** The name of a rank. */
export function nameOfClass(rank: DataClass): DataClassName {
  return DATA_CLASSES[rank];
}

/** One reason for a class: where it came from, never what was found. */
export interface DataReason {
  /** `unreadable`: something in the request could not be looked at. `conversation`: an earlier turn was of this class. */
  readonly source: 'default' | 'key' | 'rule' | 'header' | 'detector' | 'unreadable' | 'conversation';
  /** Id of the detector or key, name of the header, expression of the rule, kind of what could not be read. */
  readonly name: string;
  /** Path of the field; keys that are not part of a protocol stand as `*`. null = no field. */
  readonly field: string | null;
  readonly count: number;
}

/** Class, labels and reasons of one request. */
export interface DataFacts {
  readonly class: DataClass;
  /** In order of the alphabet, each once. */
  readonly labels: readonly string[];
  readonly because: readonly DataReason[];
}

/** The facts where nothing in the configuration speaks of classes. */
export const UNCLASSIFIED: DataFacts = Object.freeze({
  class: 1,
  labels: Object.freeze([]),
  because: Object.freeze([]),
});

/** Place of a text in a request, for example `messages[2].content[0].text`. */
export type FieldPath = string;

/** Something that a detector found; the text itself is never kept. */
export interface Finding {
  /** Id of the detector. */
  readonly detector: string;
  readonly field: FieldPath;
  /** Offset and length in UTF-16 units of the text that was looked at. */
  readonly offset: number;
  readonly length: number;
  /** 0 to 1: 0.6 = a plausible form, 0.9 = a checksum or a context word too, 1 = cannot be anything else. */
  readonly confidence: number;
}

/** A detector. Pure, linear in the length of the text. */
export interface Classifier {
  readonly id: string;
  inspect(text: string, at: FieldPath, out: Finding[]): void;
}

/** Class and labels that are at least those of both. */
export function joinLabels(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.every((label) => a.includes(label))) return a;
  return [...new Set([...a, ...b])].sort();
}
