/** The bag of this protocol: what the block model does not know is carried here and written back as it came. */
import { bagsOf } from '../../wire/codec/extra.ts';

/** The id of this protocol, the key of its bags. */
export const PROTOCOL = 'anthropic-messages';

/** Access to the bags of this protocol. */
export const { carry, ownBag, loseForeign } = bagsOf(PROTOCOL);
