/** From YAML nodes to a plain tree: expansions are done here, scalar by scalar, and secrets stay as they were written. */
import { isAlias, isMap, isScalar, isSeq, Scalar, type Document, type Node, type Pair } from 'yaml';
import type { ConfigFinding, ConfigPath } from '../core/config.ts';
import { expandText, isWhollyExpansion, type ExpansionPorts } from './expand.ts';
import { matchesPattern, type PathPattern } from './path.ts';
import { checkSecret, isReference, type Target } from './secret.ts';
import type { Span } from './yaml.ts';

/** What a scalar became, so that messages can name the source instead of the value. */
export interface Expanded {
  readonly at: ConfigPath;
  readonly value: string;
  readonly source: string;
}

/** The plain tree with what was found on the way. */
export interface Tree {
  readonly value: unknown;
  readonly findings: readonly ConfigFinding[];
  readonly expanded: readonly Expanded[];
  /** Where secrets are written out. */
  readonly literals: readonly Span[];
  /** Places without a value that could be judged. */
  readonly voids: readonly ConfigPath[];
  /** Maps with a key that nobody can know. */
  readonly puzzles: readonly ConfigPath[];
}

/** What building needs to know. */
export interface TreeOptions {
  readonly secrets: readonly PathPattern[];
  readonly target: Target;
  readonly ports: ExpansionPorts;
}

const MAX_NODES = 50_000;
const MAX_DEPTH = 64;

/** Builds the tree of a document whose grammar is sound. Aliases are followed; merge keys are not part of YAML 1.2 and refused. */
export function buildTree(document: Document, options: TreeOptions): Tree {
  const builder = new TreeBuilder(document, options);
  const value = builder.build(document.contents, []);
  const { findings, expanded, literals, voids, puzzles } = builder;
  return { value, findings, expanded, literals, voids, puzzles };
}

/** The text of a map key; null when it is not a scalar. */
export function keyText(key: unknown): string | null {
  if (!isScalar(key)) return null;
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

class TreeBuilder {
  readonly findings: ConfigFinding[] = [];
  readonly expanded: Expanded[] = [];
  readonly literals: Span[] = [];
  readonly voids: ConfigPath[] = [];
  readonly puzzles: ConfigPath[] = [];
  readonly #document: Document;
  readonly #options: TreeOptions;
  #nodes = 0;

  constructor(document: Document, options: TreeOptions) {
    this.#document = document;
    this.#options = options;
  }

  build(node: unknown, at: ConfigPath): unknown {
    this.#nodes++;
    if (this.#nodes > MAX_NODES) return this.#refuseOnce(at, 'too-large', 'the configuration has too many values');
    if (at.length > MAX_DEPTH) return this.#refuseOnce(at, 'too-deep', 'the nesting is too deep');
    if (isAlias(node)) return this.#alias(node.resolve(this.#document), at);
    if (isMap(node)) return this.#map(node.items, at);
    if (isSeq(node)) return node.items.map((item, i) => this.build(item, [...at, i]));
    return isScalar(node) ? this.#scalar(node, at) : null;
  }

  #alias(target: Node | undefined, at: ConfigPath): unknown {
    if (target !== undefined) return this.build(target, at);
    this.#refuse(at, 'yaml-alias', 'this alias has no anchor', 'write the value out, or set the anchor before it');
    this.voids.push(at);
    return null;
  }

  #map(items: readonly Pair[], at: ConfigPath): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const { key, value } of items) {
      const name = keyText(key);
      if (name === '<<' || name === null || name === '__proto__') this.puzzles.push(at);
      if (name === '<<') {
        this.#refuse(
          [...at, name],
          'yaml-merge-key',
          'merge keys are not part of YAML 1.2',
          'write the fields out',
          true,
        );
      } else if (name === null || name === '__proto__') {
        this.#refuse(at, 'bad-key', 'this map has a key that cannot be used', 'write keys as plain text', true);
      } else if (Object.hasOwn(map, name)) {
        // reported by the parser; which of the two is meant cannot be known
        this.voids.push([...at, name]);
      } else {
        map[name] = this.build(value, [...at, name]);
      }
    }
    return map;
  }

  #scalar(node: Scalar, at: ConfigPath): unknown {
    const { value } = node;
    const { secrets, target, ports } = this.#options;
    if (matchesPattern(at, secrets)) {
      const reference = typeof value === 'string' && isReference(value);
      if (!reference && node.range) this.literals.push({ start: node.range[0], end: node.range[1] });
      const finding = typeof value === 'string' ? checkSecret(at, value, target, ports) : null;
      if (finding !== null) {
        this.findings.push(finding);
        this.voids.push(at);
      }
      return value;
    }
    if (typeof value !== 'string') return value;
    if (node.type === Scalar.PLAIN && /^no$/i.test(value)) this.#warnOfNorway(at, value);
    return value.includes('${') ? this.#expand(node, value, at) : value;
  }

  #expand(node: Scalar, source: string, at: ConfigPath): unknown {
    const expansion = expandText(source, this.#options.ports);
    if (!expansion.ok) {
      this.findings.push({ at, ...expansion.fault });
      this.voids.push(at);
      return source;
    }
    this.expanded.push({ at, value: expansion.text, source });
    const typed = node.type === Scalar.PLAIN && isWhollyExpansion(source);
    return typed ? readCoreScalar(expansion.text) : expansion.text;
  }

  #warnOfNorway(at: ConfigPath, value: string): void {
    this.findings.push({
      at,
      code: 'bare-no',
      message: `a bare ${value} is text here, but tools of YAML 1.1 read it as false`,
      fix: `put it in quotes: "${value}"`,
      level: 'warning',
    });
  }

  #refuse(at: ConfigPath, code: string, message: string, fix: string, onKey = false): void {
    this.findings.push({ at, code, message, fix, onKey });
  }

  /** Too large and too deep are said once: everything below follows from it. */
  #refuseOnce(at: ConfigPath, code: string, message: string): null {
    if (this.findings.some((finding) => finding.code === code)) return null;
    this.#refuse(at, code, message, 'make it smaller');
    this.voids.push([]);
    return null;
  }
}

/** A boolean or number by the core rules of YAML 1.2 (section 10.3.2), else the text itself. */
function readCoreScalar(text: string): string | number | boolean {
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
  if (/^0x[\da-fA-F]+$|^0o[0-7]+$/.test(text)) return Number(text);
  return text;
}
