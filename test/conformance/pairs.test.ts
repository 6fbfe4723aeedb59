/** The laws of all nine pairs, over material of our own. */
import { PAIRS } from './crossing.ts';
import { describePair } from './pairs.ts';
import { materialOf } from './samples/of-pair.ts';

for (const pair of PAIRS) describePair(pair, materialOf(pair));
