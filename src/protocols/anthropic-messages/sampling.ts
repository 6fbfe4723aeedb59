/** Sampling parameters: what version, model and thinking refuse is left out with a Loss each. */
import type { MutableJsonObject } from '../../core/json.ts';
import type { WriteContext } from './write-context.ts';

/** Sets `temperature`, `top_p` and `top_k` as far as they are taken; `thinks` = thinking is on. */
export function writeSampling(body: MutableJsonObject, context: WriteContext, thinks: boolean): void {
  const { request, verbatim, strict, rules, losses } = context;
  const { temperature, topP, topK } = request;
  const asked = { temperature, top_p: topP, top_k: topK };
  for (const [key, value] of Object.entries(asked)) if (value !== undefined) body[key] = value;
  if (verbatim) return;
  const drop = (key: keyof typeof asked, why: string): void => {
    if (body[key] === undefined) return;
    delete body[key];
    losses.add({ field: key, kind: 'dropped', why });
  };
  if (strict || rules?.sampling === 'none') {
    const why = strict ? 'This API version refuses it, even at its default.' : 'This model refuses it.';
    for (const key of ['temperature', 'top_p', 'top_k'] as const) drop(key, why);
    return;
  }
  if (thinks) {
    const why = 'Messages refuses it while thinking is on.';
    if (temperature !== 1) drop('temperature', why);
    if (topP !== undefined && topP < 0.95) drop('top_p', why);
    drop('top_k', why);
  }
  if (rules?.sampling === 'one' && body['temperature'] !== undefined) {
    drop('top_p', 'This model takes either temperature or top_p.');
  }
  const warmth = body['temperature'];
  if (typeof warmth !== 'number' || warmth <= 1) return;
  body['temperature'] = 1;
  losses.add({ field: 'temperature', kind: 'changed', why: 'Messages takes temperatures up to 1.' });
}
