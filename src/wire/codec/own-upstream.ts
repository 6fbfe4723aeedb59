/** Refuses the fields by which clients of other gateways choose an upstream of their own. */
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject } from '../../core/json.ts';
import type { FieldScan } from '../../core/protocol.ts';

const OWN_UPSTREAM = new Set([
  'api_base',
  'api_key',
  'apiKey',
  'api_type',
  'api_version',
  'azure_endpoint',
  'base_url',
  'baseURL',
  'baseUrl',
  'custom_host',
  'custom_llm_provider',
  'endpoint_url',
  'extra_headers',
  'upstream_url',
]);
/** OpenRouter's `provider` object is a preference and may pass; an address within it may not. */
const IN_PROVIDER = ['url', 'base_url', 'api_base', 'api_key'];

/** @throws GatewayError `unknown-parameter` on a top-level field that would choose the upstream */
export function refuseOwnUpstream(scan: FieldScan): void {
  for (const key of scan.keys) if (OWN_UPSTREAM.has(key)) throw ownUpstream(key);
  const provider = scan.has('provider') ? scan.value('provider') : undefined;
  if (!isJsonObject(provider)) return;
  for (const key of IN_PROVIDER) if (key in provider) throw ownUpstream(`provider.${key}`);
}

function ownUpstream(path: string): GatewayError {
  return new GatewayError('unknown-parameter', `\`${path}\` would choose the upstream.`, { where: path });
}
