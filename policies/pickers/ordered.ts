/** Takes the candidates as they are listed. */
import type { Picker } from '../../src/core/policy.ts';

/** The listed order. */
export const ordered: Picker = Object.freeze({ id: 'ordered', order: (scored) => scored } satisfies Picker);
