/** The bag of this protocol: what the block model does not know is carried here and written back as it came. */
import type { LossLog } from '../../core/loss.ts';
import { bagsOf } from '../../wire/codec/extra.ts';

/** The id of this protocol, the key of its bags. */
export const PROTOCOL = 'openai-chat';

/** Access to the bags of this protocol. */
export const { carry, ownBag, loseForeign } = bagsOf(PROTOCOL);

/** Records the seal of a reasoning part, which this protocol cannot carry: the vendor that made it will not take the text back. */
export function loseSealed(
  part: { readonly signature?: string; readonly opaque?: string },
  path: string,
  losses: LossLog,
): void {
  for (const sealed of ['signature', 'opaque'] as const) {
    if (part[sealed] === undefined) continue;
    const why = 'Chat completions cannot carry sealed reasoning.';
    losses.add({ field: `${path}.reasoning.${sealed}`, kind: 'dropped', why });
  }
}
