/** What differs at one backend from the plain protocol: the provider's row, the habits of the model, whose seals come from there. */
import { originWord } from '../core/origin.ts';
import { plainDialect, type Dialect, type ModelDialect, type ReasoningDialect } from '../core/protocol.ts';
import type { ModelHabits, Provider, Quirks } from '../core/provider.ts';

/** Which backend a dialect is for. */
export interface DialectPlace {
  /** Name of the model there; `*` = the name that the client asks for. */
  readonly model: string;
  readonly account: string;
  readonly id: string;
  /** How the operator says that reasoning is shown; null = as the row says. */
  readonly output: ReasoningDialect['output'] | null;
}

/** Compiles the dialect of a backend. Where the client names the model, the dialects of single models come with it. */
export function compileDialect(provider: Provider, place: DialectPlace): Dialect {
  const { model, account, id, output } = place;
  const origin = originWord(provider.id, account, id);
  const habits = (provider.models ?? []).map((one) => ({ matches: matcherOf(one.match), one }));
  if (model !== '*') {
    const own = habits.find(({ matches }) => matches.test(model))?.one;
    return Object.freeze(dialectOf(provider, own, origin, output));
  }
  const models: readonly ModelDialect[] = habits.map(({ matches, one }) => ({
    matches,
    dialect: Object.freeze(dialectOf(provider, one, origin, output)),
  }));
  return Object.freeze({
    ...dialectOf(provider, undefined, origin, output),
    ...(models.length === 0 ? {} : { models }),
  });
}

/** The dialect that holds for a model. */
export function dialectFor(dialect: Dialect, model: string): Dialect {
  const { models } = dialect;
  if (models === undefined) return dialect;
  return models.find(({ matches }) => matches.test(model))?.dialect ?? dialect;
}

function dialectOf(
  provider: Provider,
  habits: ModelHabits | undefined,
  origin: string,
  output: ReasoningDialect['output'] | null,
): Dialect {
  const { unsupported, betas, ...quirks } = mergeQuirks(provider.quirks ?? {}, habits?.quirks ?? {});
  return {
    ...plainDialect(provider.protocols[0]!),
    ...quirks,
    provider: provider.id,
    reasoning: Object.freeze({ ...provider.reasoning, ...habits?.reasoning, ...(output === null ? {} : { output }) }),
    unsupported: new Set(unsupported),
    ...(betas === undefined ? {} : { betas: new Set(betas) }),
    origin,
  };
}

/** What a model refuses comes on top of what its vendor refuses; of everything else the model's word holds. */
function mergeQuirks(row: Quirks, model: Quirks): Quirks {
  const unsupported = [...(row.unsupported ?? []), ...(model.unsupported ?? [])];
  return { ...row, ...model, unsupported, rename: { ...row.rename, ...model.rename } };
}

/** Model names are told apart without regard to case: servers are started with either spelling. */
function matcherOf(globs: readonly string[]): RegExp {
  const sources = globs.map((glob) =>
    glob
      .split('*')
      .map((text) => text.replace(/[^a-z0-9]/g, String.raw`\$&`))
      .join('.*'),
  );
  return new RegExp(`^(?:${sources.join('|')})$`, 'i');
}
