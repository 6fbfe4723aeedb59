/** Whose fault it is that an upstream knows no such model or path: the client's, or the configuration's. */
import type { Backend } from '../core/backend.ts';
import { GatewayError } from '../core/gateway-error.ts';

/** The name that a client chose travels on to a backend with this one. */
const ANY_MODEL = '*';

/**
 * A 404 of an upstream about a model that the configuration names, or about the path under its `url`, is nothing that the client
 * can mend: it becomes `upstream-error`, which the next backend may still answer. Every other error stays as it is.
 */
export function blameConfiguration(backend: Backend, status: number, error: GatewayError): GatewayError {
  if (status !== 404 && status !== 405) return error;
  const isPath = error.code === 'upstream-error';
  const isModel = error.code === 'upstream-rejected' && backend.model !== ANY_MODEL;
  if (!isPath && !isModel) return error;
  return new GatewayError(
    'upstream-error',
    `The upstream has no such ${isPath ? 'path' : 'model'} (status ${status}).`,
    {
      hint: `The operator must check the ${isPath ? 'url' : 'model'} of the backend.`,
      retryable: false,
      ...(error.native === null ? {} : { native: error.native }),
    },
  );
}
