/** How a request to a backend is authenticated. */
import type { HeaderList } from './headers.ts';
import type { UpstreamRequest } from './transport.ts';

/** A value now or later; memory answers without a microtask. */
export type Awaitable<T> = T | Promise<T>;

/** Makes the headers that authenticate a request. Bound to the origin it was declared for; refreshes itself off the path. */
export interface Credential {
  /** Headers to add to `request`; throws GatewayError `upstream-auth` when no valid credential can be had. */
  sign(request: UpstreamRequest): Awaitable<HeaderList>;
}
