/** Private bindings: connections that only Cloudflare Workers have, and that bring everything of their own. */
import type { BackendConfig, ConfigFinding, ConfigReport, WholeConfig } from '../core/config.ts';

/** What a bound backend may not have besides. @param url where it is, with the address of its provider where it has none of its own */
export function checkBinding(id: string, backend: BackendConfig, url: string | null, report: ConfigReport): void {
  const at = ['backends', id];
  for (const field of ['tls', 'proxy'] as const) {
    if (backend[field] === undefined || !report.isSound([...at, field])) continue;
    report.add({
      at: [...at, field],
      code: 'bound-elsewhere',
      message: 'a binding is a connection of its own, so this would not be used',
      fix: `remove ${field}, or binding`,
    });
  }
  if (url !== null && !/^https?:/i.test(url) && report.isSound([...at, 'url'])) {
    report.add({
      at: [...at, 'binding'],
      code: 'bound-elsewhere',
      message: 'what is computed in the process is reached over no binding',
      fix: 'remove binding',
    });
  }
}

/** Outside of workers nothing is bound: one finding per backend that says otherwise. */
export function bindingsOnNode({ backends }: WholeConfig): readonly ConfigFinding[] {
  return Object.entries(backends).flatMap(([id, { binding }]) =>
    binding === undefined
      ? []
      : [
          {
            at: ['backends', id, 'binding'],
            code: 'needs-worker',
            message: `bindings exist in Cloudflare Workers alone, so nothing here can reach "${binding}"`,
            fix: 'remove it and reach the backend by its url, or serve this with thalweg build worker',
          },
        ],
  );
}
