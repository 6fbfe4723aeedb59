/** Claims about places must be ones that the address, the model's name or a field of the request brings about; else the file is not loaded. */
import type { BackendConfig, ConfigPath, ConfigReport, FactConfig } from '../../core/config.ts';
import type { Provider } from '../../core/provider.ts';
import type { ProviderRegion } from '../../core/provider-place.ts';
import { hostOf, regionOf } from './region.ts';

/** Checks region and claims of one backend. @param at where it stands in the file */
export function checkPlace(at: ConfigPath, backend: BackendConfig, provider: Provider, report: ConfigReport): void {
  const regions = provider.place?.regions ?? [];
  const region = regionOf(provider, backend);
  if (backend.region !== undefined && region === null) {
    const names = regions.map(({ id }) => id);
    const near = report.nearest(backend.region, names);
    const few = names.length === 0 ? 'remove it, and state facts instead' : `use one of ${names.join(', ')}`;
    report.add({
      at: [...at, 'region'],
      code: 'unknown-region',
      message: `${provider.title} has no region "${backend.region}" that the catalogue knows`,
      fix: near === null ? few : `did you mean "${near}"?`,
    });
    return;
  }
  if (region !== null) checkAddress(at, backend, region, report);
  checkClaim(at, backend, provider, region, report);
}

/** A region by address is not another address. */
function checkAddress(at: ConfigPath, { url }: BackendConfig, region: ProviderRegion, report: ConfigReport): void {
  const { select } = region;
  if (select.by !== 'url' || url === undefined || hostOf(url) === hostOf(select.url)) return;
  report.add({
    at: [...at, 'url'],
    code: 'region-mismatch',
    message: `the region "${region.id}" is served from ${hostOf(select.url)}, not from here`,
    fix: 'remove url, or region',
  });
}

function checkClaim(
  at: ConfigPath,
  backend: BackendConfig,
  { place, title, baseUrl }: Provider,
  region: ProviderRegion | null,
  report: ConfigReport,
): void {
  const stated = backend.facts?.['compute.countries'];
  const claim = countriesOf(stated);
  if (claim === null || place === undefined || place.regions.length === 0) return;
  const where = [...at, 'facts', 'compute.countries'];
  if (region === null) {
    if (!report.isSound([...at, 'region']) || !report.isSound([...at, 'url'])) return;
    // somebody else's address: nothing is known of what is behind it, but where no address of the vendor says where it computes
    const isSilent = baseUrl === null && place.regions.every(({ select }) => select.by === 'word');
    if (!isSilent && backend.url !== undefined && hostOf(backend.url) !== hostOf(baseUrl)) return;
    const fitting = place.regions.find(({ within }) => within === null || claim.every((one) => within.includes(one)));
    report.add({
      at: where,
      code: 'region-mismatch',
      message: `without a region ${title} computes wherever it likes, so [${claim.join(', ')}] cannot be claimed`,
      fix: fitting === undefined ? 'remove the claim: no region of it is there' : `add region: ${fitting.id}`,
    });
    return;
  }
  if (region.within?.length === 0) {
    report.add({
      at: where,
      code: 'region-mismatch',
      message: `"${region.id}" promises no place, so [${claim.join(', ')}] cannot be claimed`,
      fix: 'remove the claim, or name the region that was really chosen',
    });
    return;
  }
  const beyond = region.within?.filter((one) => !claim.includes(one)) ?? [];
  // a contract may say more than the region, within it
  if (beyond.length === 0 || (isContract(stated) && claim.every((one) => region.within?.includes(one)))) return;
  report.add({
    at: where,
    code: 'region-mismatch',
    message: `the region "${region.id}" may compute in ${beyond.slice(0, 5).join(', ')}${beyond.length > 5 ? '…' : ''} too`,
    fix: 'claim all of them, leave the fact to the catalogue, or name the contract with grade: contractual',
  });
}

function isContract(fact: FactConfig | undefined): boolean {
  return typeof fact === 'object' && 'value' in fact && fact.grade === 'contractual';
}

function countriesOf(fact: FactConfig | undefined): readonly string[] | null {
  const value = typeof fact === 'object' && 'value' in fact ? fact.value : fact;
  return typeof value === 'object' ? value.filter((item) => typeof item === 'string') : null;
}
