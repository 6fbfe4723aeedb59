/** Whose constraints hold for a request: those of the gateway, its tenant and its key together, with what is waived for them now. */
import type { ConfigPath, ConstraintConfig, WaiverConfig, WholeConfig } from '../src/core/config.ts';
import type { PartsSource, PolicyParts } from './snapshot.ts';

/** Who asks. */
export interface Caller {
  readonly tenant: string | null;
  readonly key: string | null;
}

/** A constraint of the file, and whose it is. */
export interface ScopedConstraint {
  readonly config: ConstraintConfig;
  /** Where it stands in the file. */
  readonly at: ConfigPath;
  /** `gateway`, `tenant acme` or `key app`. */
  readonly scope: string;
  /** Both null = it holds for everybody. */
  readonly tenant: string | null;
  readonly key: string | null;
}

/** Every constraint of a file: the scopes of the gateway, of tenants, of keys. */
export function constraintsIn({ constraints, tenants = {}, keys }: ScopedSections): readonly ScopedConstraint[] {
  const listed = (list: readonly ConstraintConfig[], at: ConfigPath, caller: Caller, scope: string) =>
    list.map((config, i): ScopedConstraint => ({ config, at: [...at, 'constraints', i], scope, ...caller }));
  return [
    ...listed(constraints, [], { tenant: null, key: null }, 'gateway'),
    ...Object.entries(tenants).flatMap(([tenant, { constraints: own }]) =>
      listed(own, ['tenants', tenant], { tenant, key: null }, `tenant ${tenant}`),
    ),
    ...Object.entries(keys ?? {}).flatMap(([key, { constraints: own = [] }]) =>
      listed(own, ['keys', key], { tenant: null, key }, `key ${key}`),
    ),
  ];
}

type ScopedSections = Pick<WholeConfig, 'constraints' | 'tenants' | 'keys'>;

/** True when a constraint holds for the caller. */
export function appliesTo({ tenant, key }: Caller, caller: Caller): boolean {
  return (tenant === null || tenant === caller.tenant) && (key === null || key === caller.key);
}

/** True when a waiver is for the caller. */
export function isFor({ tenants, keys }: Pick<WaiverConfig, 'tenants' | 'keys'>, { tenant, key }: Caller): boolean {
  const isTheirs = tenants === undefined || (tenant !== null && tenants.includes(tenant));
  return isTheirs && (keys === undefined || (key !== null && keys.includes(key)));
}

/** What judgements are made of, for every caller and every moment. Compiled when first asked for; equal questions get equal answers. */
export class ScopedParts implements PartsSource {
  readonly #build: (caller: Caller, at: number) => PolicyParts;
  /** Moments at which facts or waivers end, ascending. */
  readonly #ends: readonly number[];
  /** Who has constraints or waivers of their own; keys with their tenant. */
  readonly #tenants: ReadonlySet<string>;
  readonly #keys: ReadonlyMap<string, string | null>;
  #from = -Infinity;
  #until = -Infinity;
  #everybody: PolicyParts | null = null;
  readonly #byTenant = new Map<string, PolicyParts>();
  readonly #byKey = new Map<string, PolicyParts>();

  /**
   * @param whole whose sections say who has constraints and waivers
   * @param ends moments at which facts or waivers end, ms since the epoch, in any order
   * @param build what holds for a caller from a moment on
   */
  constructor(
    { tenants = {}, keys, waivers = [] }: Pick<WholeConfig, 'tenants' | 'keys' | 'waivers'>,
    ends: readonly number[],
    build: (caller: Caller, at: number) => PolicyParts,
  ) {
    this.#build = build;
    this.#ends = [...new Set(ends)].sort((a, b) => a - b);
    const own = Object.entries(tenants).filter(([, { constraints }]) => constraints.length > 0);
    this.#tenants = new Set([...own.map(([id]) => id), ...waivers.flatMap((waiver) => waiver.tenants ?? [])]);
    const named = new Set(waivers.flatMap((waiver) => waiver.keys ?? []));
    this.#keys = new Map(
      Object.entries(keys ?? {})
        .filter(([id, { constraints = [] }]) => constraints.length > 0 || named.has(id))
        .map(([id, { tenant }]) => [id, tenant ?? null]),
    );
  }

  /** What a request of this caller at this moment is judged by. */
  partsFor(tenant: string | null, key: string | null, at: number): PolicyParts {
    if (at < this.#from || at >= this.#until) this.#enter(at);
    if (key !== null && this.#keys.has(key)) return this.#ofKey(key);
    if (tenant !== null && this.#tenants.has(tenant)) return this.#ofTenant(tenant);
    return (this.#everybody ??= this.#build({ tenant: null, key: null }, this.#from));
  }

  #ofKey(key: string): PolicyParts {
    let parts = this.#byKey.get(key);
    if (parts === undefined) {
      parts = this.#build({ tenant: this.#keys.get(key) ?? null, key }, this.#from);
      this.#byKey.set(key, parts);
    }
    return parts;
  }

  #ofTenant(tenant: string): PolicyParts {
    let parts = this.#byTenant.get(tenant);
    if (parts === undefined) {
      parts = this.#build({ tenant, key: null }, this.#from);
      this.#byTenant.set(tenant, parts);
    }
    return parts;
  }

  /** Between two ends nothing changes. */
  #enter(at: number): void {
    this.#from = this.#ends.findLast((end) => end <= at) ?? -Infinity;
    this.#until = this.#ends.find((end) => end > at) ?? Infinity;
    this.#everybody = null;
    this.#byTenant.clear();
    this.#byKey.clear();
  }
}
