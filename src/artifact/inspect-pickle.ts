/** Recognises a pickle by walking its opcodes, for the protocols 0 and 1 begin with no magic. */

/** How the argument of an opcode is laid out: so many bytes, so many lines, or a length of so many bytes before it. */
type Argument = { readonly bytes: number } | { readonly lines: number } | { readonly length: number };

const bytes = (count: number): Argument => ({ bytes: count });
const lines = (count: number): Argument => ({ lines: count });
const length = (count: number): Argument => ({ length: count });
const each = (codes: string, argument: Argument): [number, Argument][] =>
  Array.from(codes, (code) => [code.charCodeAt(0), argument]);

/** Every opcode. Source: CPython `pickletools.opcodes`. */
const OPCODES: ReadonlyMap<number, Argument> = new Map([
  ...each('()]}ltaesdu012bRo.NQ', bytes(0)),
  ...each('\u0081\u0085\u0086\u0087\u0088\u0089\u008f\u0090\u0091\u0092\u0093\u0094\u0097\u0098', bytes(0)),
  ...each('Kqh\u0080\u0082', bytes(1)),
  ...each('M\u0083', bytes(2)),
  ...each('Jrj\u0084', bytes(4)),
  ...each('G\u0095', bytes(8)),
  ...each('IFLSVPpg', lines(1)),
  ...each('ci', lines(2)),
  ...each('UC\u008a\u008c', length(1)),
  ...each('TXB\u008b', length(4)),
  ...each('\u008d\u008e\u0096', length(8)),
]);

const PROTO = 0x80;
const STOP = 0x2e;
const GLOBAL = 0x63;
const INST = 0x69;
const STACK_GLOBAL = 0x93;
const WORD = /^[\w.]+$/;

/**
 * True when `head`, the beginning of a file, is the beginning of a pickle: one that announces itself with a protocol byte and
 * goes on in opcodes, or one that imports something before its opcodes end. A pickle that is broken after its import still runs
 * it. With `isText` only an announced one counts.
 */
export function isPickle(head: Uint8Array, isText: boolean): boolean {
  const isAnnounced = head[0] === PROTO && head[1] !== undefined && head[1] >= 2 && head[1] <= 5;
  if (isText && !isAnnounced) return false;
  for (let at = 0; at < head.length;) {
    const code = head[at] ?? 0;
    const argument = OPCODES.get(code);
    if (argument === undefined) return false;
    if (code === STOP) return isAnnounced;
    const next = after(head, at + 1, argument);
    if (code === STACK_GLOBAL && isAnnounced) return true;
    if ((code === GLOBAL || code === INST) && next !== null && isImport(head.subarray(at + 1, next))) return true;
    if (next === null) return isAnnounced;
    at = next;
  }
  return isAnnounced;
}

/** Two lines that can be a module and a name. */
function isImport(argument: Uint8Array): boolean {
  const [module = '', name = ''] = new TextDecoder().decode(argument).split('\n');
  return WORD.test(module) && WORD.test(name);
}

/** Where the next opcode stands; null beyond the end. */
function after(head: Uint8Array, at: number, argument: Argument): number | null {
  if ('bytes' in argument) return at + argument.bytes;
  let next = at;
  if ('lines' in argument) {
    for (let line = 0; line < argument.lines; line++) {
      const end = head.indexOf(0x0a, next);
      if (end < 0) return null;
      next = end + 1;
    }
    return next;
  }
  next += argument.length;
  for (let i = argument.length - 1, size = 0; i >= 0; i--) {
    size = size * 256 + (head[at + i] ?? 0);
    if (i === 0) next += size;
  }
  return next > head.length ? null : next;
}
