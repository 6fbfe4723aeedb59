/** How a failed tool call is told in languages that have no flag for it. */
import type { Part, TextPart, ToolResultPart } from '../../core/chat.ts';
import type { LossLog } from '../../core/loss.ts';

/** The content of a result; where the call failed, its text begins with "Error:" and the missing flag is a Loss. */
export function tellFailure<P extends Part>(
  { isError }: ToolResultPart,
  content: readonly (P | TextPart)[],
  path: string,
  losses: LossLog,
): readonly (P | TextPart)[] {
  if (isError !== true) return content;
  losses.add({ field: `${path}.isError`, kind: 'approximated', why: 'A failed call is told in words: "Error: …".' });
  const [first, ...rest] = content;
  if (first?.type === 'text') return [{ ...first, text: `Error: ${first.text}` }, ...rest];
  return [{ type: 'text', text: 'Error' }, ...content];
}
