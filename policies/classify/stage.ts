/** The classification of a policy: what each source says of a request, joined so that nothing ever lowers. */
import {
  dataClassOf,
  joinLabels,
  UNCLASSIFIED,
  type DataClass,
  type DataFacts,
  type DataReason,
} from '../../src/core/data-class.ts';
import type { ClassifyConfig, WholeConfig } from '../../src/core/config.ts';
import type { ClassifyStage, RequestFacts } from '../../src/core/policy.ts';
import type { Expression } from '../expressions.ts';
import { readBodyText } from './body-text.ts';
import { CLASS_HEADER, readClassHeader } from './class-header.ts';
import { DETECTORS, isDetectorId } from './detectors.ts';
import type { Detector } from './detector.ts';
import { pathOf } from './field-names.ts';
import { scanTexts } from './scan.ts';

/** Labels that need no mention in the file. */
const COMMON_LABELS = ['pii', 'phi', 'pci', 'secret', 'export'];

/** What one source asks for. */
interface Mark {
  readonly class: DataClass;
  readonly labels: readonly string[];
}

const NOTHING: Mark = Object.freeze({ class: 0, labels: [] });

/** What the stage is made from, besides the file. */
export interface StageInput {
  readonly whole: Pick<WholeConfig, 'classify' | 'defaults' | 'keys'>;
  /** Compiles a condition; null = always. */
  readonly condition: (text: string) => Expression | null;
  /** Classes that expressions of the policy name: they count as configured. */
  readonly named: readonly DataClass[];
  /** True when a condition of the policy reads class or labels. */
  readonly isRead: boolean;
}

/** Makes the stage; null where nothing in the file asks for it. */
export function createStage(input: StageInput): ClassifyStage | null {
  const { classify, defaults, keys } = input.whole;
  const isKeyed = Object.values(keys ?? {}).some((key) => key.class !== undefined || key.labels !== undefined);
  if (classify.length === 0 && !isKeyed && !input.isRead && defaults.class === 'internal') return null;
  return new Stage(input);
}

class Stage implements ClassifyStage {
  readonly #base: DataFacts;
  readonly #keys: ReadonlyMap<string, Mark>;
  readonly #conditions: readonly { readonly text: string; readonly when: Expression | null; readonly mark: Mark }[];
  readonly #headers: readonly string[];
  readonly #detectors: readonly Detector[];
  readonly #marks: ReadonlyMap<string, Mark>;
  readonly #labels: ReadonlySet<string>;
  /** What counts for something that could not be looked at; null = nothing. */
  readonly #unknown: Mark | null;
  readonly #scanBytes: number;

  constructor({ whole: { classify, defaults, keys }, condition, named }: StageInput) {
    const base = dataClassOf(defaults.class)!;
    this.#base = Object.freeze({ ...UNCLASSIFIED, class: base, because: [reason('default', defaults.class)] });
    this.#keys = new Map(
      Object.entries(keys ?? {}).map(([id, key]) => [id, markOf({ min: key.class, labels: key.labels })]),
    );
    const marked = classify.map((entry) => ({ entry, mark: markOf(entry) }));
    this.#conditions = marked.flatMap(({ entry: { when }, mark }) =>
      when === undefined ? [] : [{ text: when, when: condition(when), mark }],
    );
    this.#headers = [CLASS_HEADER, ...classify.flatMap(({ header }) => (header === undefined ? [] : [header]))];
    this.#marks = marksOf(marked);
    this.#detectors = [...this.#marks.keys()].map((id) => DETECTORS[id as keyof typeof DETECTORS]);
    const all = [...this.#keys.values(), ...marked.map(({ mark }) => mark)];
    this.#labels = new Set([...COMMON_LABELS, ...all.flatMap(({ labels }) => labels)]);
    const highest = Math.max(base, ...named, ...all.map((mark) => mark.class)) as DataClass;
    const unreadable = defaults.unreadable === undefined ? highest : dataClassOf(defaults.unreadable)!;
    const found = marked.filter(({ entry }) => entry.detect !== undefined).flatMap(({ mark }) => mark.labels);
    this.#unknown = defaults.on_error === 'allow' ? null : { class: unreadable, labels: found };
    this.#scanBytes = defaults.scan;
  }

  classify(facts: RequestFacts, body: () => string, media: boolean): DataFacts {
    let data = this.#base;
    const key = facts.key === null ? undefined : this.#keys.get(facts.key);
    if (key !== undefined && key !== NOTHING) data = raised(data, key, reason('key', facts.key!));
    for (const { text, when, mark } of this.#conditions) {
      // what cannot be decided counts as met, as in constraints
      if (when === null || when.holds(facts) !== false) data = raised(data, mark, reason('rule', text));
    }
    for (const name of this.#headers) data = this.#readHeader(data, name, facts.headers.get(name));
    return this.#detectors.length === 0 ? data : this.#readBody(data, facts, body, media);
  }

  raise(data: DataFacts, earlier: Pick<DataFacts, 'class' | 'labels'> | null): DataFacts {
    if (earlier === null) return this.#cannotRead(data, reason('unreadable', 'conversation'));
    if (earlier.class <= data.class && joinLabels(data.labels, earlier.labels) === data.labels) return data;
    return raised(data, earlier, reason('conversation', 'earlier'));
  }

  #readHeader(data: DataFacts, name: string, value: string | null): DataFacts {
    if (value === null) return data;
    const said = readClassHeader(value, this.#labels);
    if (said === null) return this.#cannotRead(data, reason('unreadable', name));
    return raised(data, said, reason('header', name));
  }

  #readBody(data: DataFacts, facts: RequestFacts, body: () => string, media: boolean): DataFacts {
    if (facts.bodyBytes > this.#scanBytes) return this.#cannotRead(data, reason('unreadable', 'too-large'));
    const { texts, unreadable, readMedia } = readBodyText(body());
    let now = data;
    for (const found of scanTexts(texts, this.#detectors)) now = raised(now, this.#marks.get(found.name)!, found);
    const [first] = unreadable;
    if (first !== undefined) {
      const field = pathOf(first);
      now = this.#cannotRead(now, { source: 'unreadable', name: 'media', field, count: unreadable.length });
    } else if (media && !readMedia) now = this.#cannotRead(now, reason('unreadable', 'media'));
    return now;
  }

  /** Fails closed: the highest class there is, and every label that a look could have given. */
  #cannotRead(data: DataFacts, why: DataReason): DataFacts {
    return raised(data, this.#unknown ?? NOTHING, why);
  }
}

function marksOf(marked: readonly { readonly entry: ClassifyConfig; readonly mark: Mark }[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { entry, mark } of marked) {
    for (const id of entry.detect ?? []) {
      const before = marks.get(id) ?? NOTHING;
      if (isDetectorId(id))
        marks.set(id, { class: higher(before.class, mark.class), labels: joinLabels(before.labels, mark.labels) });
    }
  }
  return marks;
}

function markOf({
  min,
  label,
  labels,
}: Pick<ClassifyConfig, 'min' | 'label'> & { labels?: readonly string[] | undefined }): Mark {
  if (min === undefined && label === undefined && labels === undefined) return NOTHING;
  const all = [...(label === undefined ? [] : [label]), ...(labels ?? [])];
  return { class: min === undefined ? 0 : dataClassOf(min)!, labels: all };
}

function raised(data: DataFacts, mark: Mark, why: DataReason): DataFacts {
  return {
    class: higher(data.class, mark.class),
    labels: joinLabels(data.labels, mark.labels),
    because: [...data.because, why],
  };
}

function higher(a: DataClass, b: DataClass): DataClass {
  return a > b ? a : b;
}

function reason(source: DataReason['source'], name: string): DataReason {
  return { source, name, field: null, count: 1 };
}
