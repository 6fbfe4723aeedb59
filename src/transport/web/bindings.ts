/** The private bindings of a worker: what a service or a VPC lends, each a fetch of its own that leads to one place and no other. */
import type { Backend } from '../../core/backend.ts';

/** The fetch of each binding, by its name. */
export type Bindings = ReadonlyMap<string, typeof fetch>;

/** A worker whose surroundings are not what its configuration says; the operator reads why. */
export class BindingError extends Error {}

/**
 * Takes the bindings that backends name out of `env`.
 * @throws BindingError when one is missing or is no service, and when a backend in the perimeter names none: nobody here could see to
 * which address its name leads
 */
export function takeBindings(backends: readonly Pick<Backend, 'id' | 'egress'>[], env: object): Bindings {
  const bindings = new Map<string, typeof fetch>();
  const lent = new Map<string, unknown>(Object.entries(env));
  for (const { id, egress } of backends) {
    const name = egress?.binding ?? null;
    if (name === null) {
      if (egress?.network !== 'perimeter') continue;
      throw new BindingError(`The backend "${id}" stands in the perimeter and names no binding that leads there.`);
    }
    const service = lent.get(name);
    if (!isService(service)) {
      throw new BindingError(
        `The backend "${id}" is reached over the binding ${name}, and there is no service or VPC service of that name. Bind it in wrangler.toml.`,
      );
    }
    // the runtime refuses its functions under another receiver
    bindings.set(name, (input, init) => service.fetch(input, init));
  }
  return bindings;
}

function isService(value: unknown): value is { readonly fetch: typeof fetch } {
  return typeof value === 'object' && value !== null && 'fetch' in value && typeof value.fetch === 'function';
}
