/** Looks through the text of a chat template, which is never rendered, for what a template has no need of. */
import { finding, type InspectFinding } from './inspect-finding.ts';

/** A template and where it stands. */
export interface TemplateText {
  readonly file: string;
  /** A metadata key, a JSON field, or the file itself. */
  readonly where: string;
  readonly text: string;
}

/** Characters beyond which a template is refused unread; the longest published ones have about 30 000. */
const MAX_CHARACTERS = 262_144;
/** Found in code, outside string literals. Sources: CVE-2024-34359, CVE-2026-5760 and the published sandbox escapes of Jinja. */
const IN_CODE: readonly (readonly [RegExp, string])[] = [
  [/__/, 'reaches for an internal attribute (__)'],
  [/\|\s*attr\b|\battribute\s*=\s*(?!'')/, 'reads an attribute whose name is computed (attr)'],
  [/\b(?:import|include|extends)\b/, 'loads another template'],
  [/\b(?:cycler|lipsum|joiner|self|getattr|request|config|globals|builtins|popen|subprocess|eval|exec)\b/, 'names'],
];

/** Found in a string literal inside code: a name that is only written there to be reached for. */
const IN_LITERAL: readonly (readonly [RegExp, string])[] = [
  [/__\w+__/, 'holds the name of an internal attribute'],
  [/\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[0-7]{3}/i, 'writes letters as escapes'],
];

/** A condition on what a message says, against a word that is no markup. Bounded, so that no text makes it slow. */
const WORD_LITERAL = String.raw`('[^'<>[\]|{}]{3,200}'|"[^"<>[\]|{}]{3,200}")`;
const CONTENT_CONDITION = new RegExp(
  String.raw`${WORD_LITERAL}\s{1,9}(?:not\s{1,9})?in\s{1,9}[\w.[\]'"-]{0,80}content|` +
    String.raw`content\b[\w.[\]'"-]{0,80}\s{0,9}(?:\.\s{0,9}(?:find|count|startswith|endswith)\s{0,9}\(|==)\s{0,9}${WORD_LITERAL}`,
);
const LONG_LITERAL = 200;
const URL_TEXT = /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s'"<>]{4,}/i;
const BASE64 = /[A-Za-z0-9+/]{80,}={0,2}/;

/** What a person should know before this template is used. Time and memory grow with its length only. */
export function lintTemplate({ file, where, text }: TemplateText): InspectFinding[] {
  if (text.length > MAX_CHARACTERS) {
    return [finding('template-code', 'refuse', file, `${where} has more than ${MAX_CHARACTERS} characters`)];
  }
  const found = new Map<string, InspectFinding>();
  const add: Add = (rule, what) => {
    const level = rule === 'template-code' ? 'refuse' : 'warn';
    if (!found.has(what)) found.set(what, finding(rule, level, file, `${where} ${what}`));
  };
  for (const block of blocksOf(text)) lintBlock(block, add);
  const url = URL_TEXT.exec(text)?.[0];
  if (url !== undefined) add('template-content', `names an address, ${url.slice(0, 60)}`);
  if (BASE64.test(text)) add('template-content', 'carries a long run of encoded text');
  return [...found.values()];
}

type Add = (rule: 'template-code' | 'template-content', what: string) => void;

function lintBlock({ source, code, literals }: Block, add: Add): void {
  for (const [pattern, what] of IN_CODE) {
    const match = pattern.exec(code);
    if (match !== null) add('template-code', what === 'names' ? `names "${match[0]}"` : what);
  }
  for (const [, subscript = ''] of code.matchAll(/\[([^\][]*)\]/g)) {
    if (subscript.includes("''") && /[~+%]/.test(subscript))
      add('template-code', 'puts the name of an attribute together');
  }
  for (const literal of literals) {
    for (const [pattern, what] of IN_LITERAL) if (pattern.test(literal)) add('template-code', what);
    if (literal.length > LONG_LITERAL) add('template-content', `carries a text of ${literal.length} characters`);
  }
  const condition = CONTENT_CONDITION.exec(source);
  if (condition !== null) {
    add('template-content', `asks whether a message says ${(condition[1] ?? condition[2] ?? '').slice(0, 60)}`);
  }
}

/** What stands between `{{` and `}}` or `{%` and `%}`. */
interface Block {
  readonly source: string;
  /** With every string literal emptied. */
  readonly code: string;
  /** With their quotes. */
  readonly literals: readonly string[];
}

/** The blocks of a template; one that does not end reaches to the end of the text. Comments are left out as Jinja does. */
function* blocksOf(text: string): Generator<Block> {
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at)) {
    const kind = text[at + 1];
    if (kind === '#') {
      const end = text.indexOf('#}', at + 2);
      at = end < 0 ? text.length : end + 2;
    } else if (kind === '{' || kind === '%') {
      const block = readBlock(text, at + 2, kind === '{' ? '}' : '%');
      yield block;
      at += 2 + block.source.length;
    } else at += 1;
  }
}

/** A closing mark inside a string literal does not close. */
function readBlock(text: string, start: number, mark: string): Block {
  const literals: string[] = [];
  let code = '';
  let at = start;
  for (; at < text.length && !(text[at] === mark && text[at + 1] === '}'); at++) {
    const letter = text[at];
    if (letter !== "'" && letter !== '"') {
      code += letter;
      continue;
    }
    const end = endOfLiteral(text, at);
    literals.push(text.slice(at, end));
    code += "''";
    at = end - 1;
  }
  return { source: text.slice(start, at), code, literals };
}

function endOfLiteral(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[start]) return at + 1;
  }
  return text.length;
}
