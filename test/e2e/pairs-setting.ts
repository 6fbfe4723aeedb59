/** The models of the pairs suite as a configuration: one per upstream language, and some that only one question may park. */
import type { Upstream } from '../faults/upstream.ts';
import { MODEL_LANGUAGES } from './scripted-model/index.ts';
import type { ModelLanguage } from './scripted-model/turn.ts';
import { SDK_CLIENTS } from './sdk-clients/index.ts';

/** A gateway that runs in front of a scripted upstream. */
export interface RunningGateway {
  /** Where it listens, without a path. */
  readonly url: string;
  readonly upstream: Upstream;
  /** Ends both. */
  stop(): Promise<void>;
}

/** What may happen to a backend that then rests: each client has one of its own for each. */
const PARKED = ['limited', 'long', 'failing', 'locked', 'broken'];

/** The model of a language that serves for one use: `good` or `<what happens> <client>`. */
export function modelName({ id }: ModelLanguage, use: string): string {
  return `${id} ${use}`.replaceAll(/[^a-z]+/g, '-');
}

/** Names of all models with the provider of each. */
export function modelsOfPairs(): readonly { readonly name: string; readonly provider: string }[] {
  const uses = ['good', ...SDK_CLIENTS.flatMap(({ name }) => PARKED.map((what) => `${what} ${name}`))];
  return MODEL_LANGUAGES.flatMap((language) =>
    uses.map((use) => ({ name: modelName(language, use), provider: language.provider })),
  );
}
