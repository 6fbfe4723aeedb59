/** Proves that JSON text repeats no key within an object and is not nested deeply, which `JSON.parse` does not say. */
import { ArtifactError } from './artifact-error.ts';

// A string, a bracket or separator, or a bare word (number, true, false, null). The string is written so that one of many
// megabytes needs no stack.
const TOKEN = /[\s]*("[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+)/gsy;

/**
 * Walks the tokens without building values; syntax beyond brackets is left to `JSON.parse`.
 * @throws ArtifactError `duplicate-name`, `limit-exceeded` for depth, `malformed`
 */
export function checkJsonKeys(text: string, maxDepth: number): void {
  const open: (Set<string> | null)[] = [];
  let before = '';
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const token = match[1] ?? '';
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') addKey(open.at(-1), before);
    if (open.length > maxDepth) throw new ArtifactError('limit-exceeded', 'header', `nested deeper than ${maxDepth}`);
    before = token;
  }
}

function addKey(keys: Set<string> | null | undefined, token: string): void {
  if (!token.startsWith('"') || keys == null) throw new ArtifactError('malformed', 'header', 'not JSON');
  const key = parseKey(token);
  if (keys.has(key)) throw new ArtifactError('duplicate-name', key, 'the key occurs twice');
  keys.add(key);
}

function parseKey(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    throw new ArtifactError('malformed', 'header', 'a key is not a JSON string');
  }
}
