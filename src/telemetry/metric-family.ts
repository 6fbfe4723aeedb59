/** Counters, gauges and histograms with labels, written in the Prometheus text format 0.0.4. */
import { plainText } from './plain-text.ts';

/** Label combinations that one family keeps apart; further ones are counted together under `other`. */
const MAX_SERIES = 2000;

/** The value of every label of the series that takes what no longer fits. */
const OVERFLOW = 'other';

/** One metric with all its series. */
export interface Family {
  /** The HELP and TYPE lines and one line per series; empty when there is none. */
  text(): string;
}

/** Numbers by labels. */
export interface NumberFamily extends Family {
  /** Adds to a series. One value per label name, in order. */
  add(value: number, ...labels: readonly string[]): void;
  /** Sets a series. */
  set(value: number, ...labels: readonly string[]): void;
  has(...labels: readonly string[]): boolean;
}

/** Distributions by labels. */
export interface HistogramFamily extends Family {
  /** Counts one value, in the unit of the buckets. */
  observe(value: number, ...labels: readonly string[]): void;
}

/** What a family is called. `help` is one line. */
export interface FamilyName {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Makes a counter (its name ends in `_total`) or a gauge. */
export function createNumbers(type: 'counter' | 'gauge', about: FamilyName): NumberFamily {
  const series = createSeries(about, () => ({ value: 0 }));
  return {
    add(value, ...labels) {
      series.at(labels).value += value;
    },
    set(value, ...labels) {
      series.at(labels).value = value;
    },
    has: (...labels) => series.has(labels),
    text: () => series.text(type, (labels, { value }) => sample(about.name, labels, value)),
  };
}

interface Distribution {
  readonly counts: Float64Array;
  sum: number;
}

/** Makes a histogram. `buckets` are upper bounds in rising order, without infinity. */
export function createHistogram(about: FamilyName, buckets: readonly number[]): HistogramFamily {
  const series = createSeries(about, (): Distribution => ({ counts: new Float64Array(buckets.length + 1), sum: 0 }));
  const lines = (labels: string, { counts, sum }: Distribution): string => {
    const comma = labels === '' ? '' : `${labels},`;
    let text = '';
    let total = 0;
    for (let i = 0; i <= buckets.length; i++) {
      total += counts[i]!;
      text += sample(`${about.name}_bucket`, `${comma}le="${buckets[i] ?? '+Inf'}"`, total);
    }
    return text + sample(`${about.name}_sum`, labels, sum) + sample(`${about.name}_count`, labels, total);
  };
  return {
    observe(value, ...labels) {
      const distribution = series.at(labels);
      let i = 0;
      while (i < buckets.length && value > buckets[i]!) i++;
      distribution.counts[i]!++;
      distribution.sum += value;
    },
    text: () => series.text('histogram', lines),
  };
}

/** A node of the tree of label values; the leaves are series. */
type Branch<T> = Map<string, Branch<T> | T>;

interface Series<T> {
  at(labels: readonly string[]): T;
  has(labels: readonly string[]): boolean;
  text(type: string, write: (labels: string, value: T) => string): string;
}

/** Series in a tree of maps, one level per label: looking one up hashes no concatenated key. */
function createSeries<T extends object>({ name, help, labels: names }: FamilyName, make: () => T): Series<T> {
  const root: Branch<T> = new Map();
  const all: { readonly labels: string; readonly value: T }[] = [];
  const find = (labels: readonly string[]): T | undefined => {
    let node: Branch<T> | T | undefined = root;
    for (const label of labels) node = node instanceof Map ? node.get(label) : undefined;
    return node instanceof Map ? undefined : node;
  };
  const plant = (labels: readonly string[]): T => {
    const value = make();
    let node = root;
    for (const label of labels.slice(0, -1)) {
      const next = node.get(label);
      const branch: Branch<T> = next instanceof Map ? next : new Map();
      node.set(label, branch);
      node = branch;
    }
    node.set(labels.at(-1) ?? '', value);
    all.push({ labels: names.map((label, i) => `${label}="${escapeLabel(labels[i] ?? '')}"`).join(','), value });
    return value;
  };
  const overflow = names.map(() => OVERFLOW);
  return {
    at: (labels) => find(labels) ?? (all.length < MAX_SERIES ? plant(labels) : (find(overflow) ?? plant(overflow))),
    has: (labels) => find(labels) !== undefined,
    text(type, write) {
      if (all.length === 0) return '';
      let text = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
      for (const { labels, value } of all) text += write(labels, value);
      return text;
    },
  };
}

function sample(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`;
}

/** Escapes a label value as the text format asks, after bounding it. */
function escapeLabel(value: string): string {
  return plainText(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
