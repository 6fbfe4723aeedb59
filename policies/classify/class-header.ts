/** The header by which a client says what its data is: a class and labels; it can only raise. */
import { dataClassOf, type DataClass } from '../../src/core/data-class.ts';

/** The header that always counts, besides those that the file names. */
export const CLASS_HEADER = 'x-thalweg-data-class';

/** What a header says. */
export interface Said {
  readonly class: DataClass;
  readonly labels: readonly string[];
}

/**
 * Reads `confidential, pii, export`: words between commas, semicolons or spaces, of which at most one is a class.
 * null = a word is neither a class nor one of the known labels, so that nobody knows what was meant.
 */
export function readClassHeader(value: string, known: ReadonlySet<string>): Said | null {
  let rank: DataClass = 0;
  const labels: string[] = [];
  for (const word of value.toLowerCase().split(/[,; ]+/)) {
    if (word === '') continue;
    const named = dataClassOf(word);
    if (named !== null) rank = named > rank ? named : rank;
    else if (known.has(word)) labels.push(word);
    else return null;
  }
  return { class: rank, labels };
}
