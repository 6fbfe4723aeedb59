/** What a request says of the backends that it wants: it may narrow the choice and reorder it, never widen it. */

/** By what the client wants the choice sorted. */
export type PreferenceSort = 'price' | 'latency' | 'throughput';

/** The wishes of one request. Names are ids of backends or of providers, in lower case. */
export interface Preference {
  /** Tried first, in this order. */
  readonly order: readonly string[];
  /** Nothing else; null = no limit. Several lists all hold. */
  readonly only: readonly (readonly string[])[];
  readonly ignore: readonly string[];
  /** null = as the rule says. */
  readonly sort: PreferenceSort | null;
  /** USD per million tokens; null = no limit. An unknown price is above every limit. */
  readonly maxInputUsd: number | null;
  readonly maxOutputUsd: number | null;
  /** Nothing may be kept: `retention_days` known to be 0. */
  readonly zeroRetention: boolean;
  /** Nothing may be kept or trained on: `trains_on_data` known to be false as well. */
  readonly denyCollection: boolean;
  /** False = the first choice or nothing; with an order, those that it names. */
  readonly fallbacks: boolean;
  /** True = a backend that cannot be told everything is not asked. */
  readonly requireParameters: boolean;
  /** Limits that nothing here is known of, such as `quantizations`: only a backend that is told them itself may be asked. */
  readonly unjudged: readonly string[];
  /** The backend that was named for this request; checked like any other. */
  readonly backend: string | null;
}
