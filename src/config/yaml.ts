/** Reading YAML 1.2 (and with it JSON) with positions; every fault in our own words, so that no source text is echoed. */
import { LineCounter, parseDocument, type Document } from 'yaml';

/** Offsets in the source text, the end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A fault in the text itself. */
export interface SyntaxFault {
  readonly span: Span;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** A parsed text. */
export interface YamlText {
  readonly text: string;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly faults: readonly SyntaxFault[];
  /** False when the document says nothing: its text could not be read. Keys that are there twice are no hindrance. */
  readonly readable: boolean;
}

/** Largest configuration, UTF-16 units. */
export const MAX_TEXT = 1024 * 1024;

const BROKEN = 'check the indentation, quotes and brackets around this place';

/** Code, message and fix by the parser's own code; everything else is `yaml-syntax`. */
const FAULTS: Readonly<Record<string, readonly [code: string, message: string, fix: string]>> = {
  TAB_AS_INDENT: ['yaml-tab', 'a tab is used as indentation', 'indent with spaces'],
  MULTIPLE_DOCS: ['yaml-documents', 'a second document begins here', 'keep one document per file'],
  TAG_RESOLVE_FAILED: ['yaml-tag', 'tags are not part of the configuration language', 'remove the tag'],
  BAD_ALIAS: ['yaml-alias', 'this alias cannot be used', 'write the value out'],
  RESOURCE_EXHAUSTION: ['too-deep', 'the nesting is too deep', 'flatten this part'],
  BAD_SCALAR_START: ['yaml-syntax', 'a value cannot begin with this character', 'put the value in quotes'],
  BLOCK_AS_IMPLICIT_KEY: [
    'yaml-syntax',
    'a second ": " on the same line',
    'put the value in quotes, or start a new line',
  ],
  MULTILINE_IMPLICIT_KEY: ['yaml-syntax', 'a key must end with ": " on its own line', 'write key: value'],
  MISSING_CHAR: ['yaml-syntax', 'a quote, bracket or ": " is missing', BROKEN],
  BAD_INDENT: ['yaml-syntax', 'the indentation does not fit, or a bracket was not closed', BROKEN],
  BAD_DQ_ESCAPE: ['yaml-syntax', 'this escape is not known', 'use single quotes for plain backslashes'],
};

/** Parses one text. Never throws. Only the first fault in the grammar is kept: the later ones follow from it. */
export function parseYaml(source: string): YamlText {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const lines = new LineCounter();
  const tooLarge = text.length > MAX_TEXT;
  const document = parseDocument(tooLarge ? '' : text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const faults: SyntaxFault[] = [];
  if (tooLarge)
    faults.push(fault(0, 'too-large', 'the configuration is larger than 1 MiB', 'split it, or remove parts'));
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
    faults.push(fault(0, 'yaml-version', 'only YAML 1.2 is read', 'remove the %YAML line'));
  }
  let broken = false;
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    if (code === 'DUPLICATE_KEY') faults.push(duplicateKey(text, pos[0]));
    else if (!broken) {
      broken = true;
      faults.push(grammarFault(text, code, pos));
    }
  }
  return { text, document, lines, faults, readable: faults.every(({ code }) => code === 'duplicate-key') };
}

function grammarFault(text: string, code: string, [start, end]: readonly [number, number]): SyntaxFault {
  const [name, message, fix] = FAULTS[code] ?? ['yaml-syntax', 'this is not YAML', BROKEN];
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start + 1);
  const unquoted = code === 'UNEXPECTED_TOKEN' && /[{[,:]\s*\S*\$\{$/.test(line);
  return {
    span: { start, end },
    code: name,
    message,
    fix: unquoted ? 'between { } or [ ] an expansion needs quotes: "${VAR}"' : fix,
  };
}

function duplicateKey(text: string, start: number): SyntaxFault {
  const key = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:,{}[\]]+)/.exec(text.slice(start, start + 200))?.[0] ?? '';
  return {
    span: { start, end: start + key.length },
    code: 'duplicate-key',
    message: `the key ${key.replace(/^["']?/, '"').replace(/["']?$/, '"')} is there twice`,
    fix: 'keep one of the two',
  };
}

function fault(start: number, code: string, message: string, fix: string): SyntaxFault {
  return { span: { start, end: start }, code, message, fix };
}
